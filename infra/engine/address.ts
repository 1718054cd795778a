/** Whether an engine's address stays on this machine, as far as anybody can tell. */
export const isLoopback = (host: string): boolean =>
  /^(tcp|ssh):\/\/([^@/]*@)?(127(\.\d+){3}|localhost|\[::1\])(:|\/|$)/.test(host);

/** Whether an engine is on another machine: what it publishes on its loopback is then not on this one's. */
export const isRemote = (host: string | undefined): host is string =>
  host !== undefined && /^(ssh|tcp):\/\//.test(host) && !isLoopback(host);
