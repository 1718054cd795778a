import { InvalidArgumentError } from "commander";

/** Parses an option's value; commander says the option's name beside what is wrong. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`give a whole number, ${least} or more.`);
  };
