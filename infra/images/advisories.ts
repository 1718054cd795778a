/** A known hole in LiteLLM. Sources: the CVE list and the project's own security advisories, read on 2026-11-24. */
export interface Advisory {
  readonly id: string;
  readonly what: string;
  /** Releases it names; none = every release so far. */
  readonly releases?: readonly string[];
  /** First release that is mended; absent = not known. */
  readonly fixedIn?: string;
}

export const advisories: readonly Advisory[] = [
  { id: "PYSEC-2026-2", what: "the package on PyPI steals credentials", releases: ["1.82.7", "1.82.8"] },
  {
    id: "litellm-discussion-48242",
    what: "the maintainers except this release from their word on signed, uncompromised builds",
    releases: ["1.107.0"],
  },
  { id: "CVE-2026-35030", what: "authentication bypass through an OIDC cache collision", fixedIn: "1.83.0" },
  {
    id: "CVE-2026-42208",
    what: "SQL injection before authentication (exploited in the wild)",
    fixedIn: "1.83.7",
  },
  {
    id: "CVE-2026-42271",
    what: "command execution through the MCP test route (exploited)",
    fixedIn: "1.83.7",
  },
  { id: "CVE-2026-40217", what: "escape from the custom-code sandbox", fixedIn: "1.83.10" },
  {
    id: "CVE-2026-47101",
    what: "an internal user mints keys with more rights than its own",
    fixedIn: "1.83.14",
  },
  { id: "CVE-2026-49468", what: "authentication bypass through the Host header", fixedIn: "1.84.0" },
  { id: "CVE-2026-114612", what: "proxy admin through the salt key used for two purposes" },
];

export interface Verdict {
  readonly denied: readonly Advisory[];
  /** Advisories whose mended release nobody has named. */
  readonly open: readonly Advisory[];
}

/** What is known against a LiteLLM release, `major.minor.patch`. */
export function judgeRelease(release: string): Verdict {
  const named = (advisory: Advisory) => advisory.releases?.includes(release) ?? false;
  const older = ({ fixedIn }: Advisory) => fixedIn !== undefined && compareReleases(release, fixedIn) < 0;
  return {
    denied: advisories.filter((advisory) => named(advisory) || older(advisory)),
    open: advisories.filter(({ releases, fixedIn }) => releases === undefined && fixedIn === undefined),
  };
}

/** Negative when `a` came before `b`; a suffix such as `-rc.1` is left out. */
export function compareReleases(a: string, b: string): number {
  const numbers = (release: string) =>
    release.replace(/^v/, "").split(/[-+]/)[0]?.split(".").map(Number) ?? [];
  const left = numbers(a);
  const right = numbers(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
