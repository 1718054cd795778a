/** An error Prisma's command line shows as it is, under Prisma's code for it. */
export class UserError extends Error {
  /**
   * @param {string | undefined} errorCode such as P1001
   * @param {string} message
   */
  constructor(errorCode, message) {
    super(message);
    this.errorCode = errorCode;
  }
}
