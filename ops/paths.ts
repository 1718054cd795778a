/** The project's folder. */
export const projectRoot = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** Where everything lies that belongs to this clone alone; git ignores it. */
export const localFolder = (root: string): string => `${root}/.cerberus`;

export const localPaths = (root: string) => {
  const folder = localFolder(root);
  return {
    folder,
    /** Pulumi's file backend. */
    state: `${folder}/state`,
    /** Stack files that Pulumi writes: encryption salt, ciphertexts, your own values. */
    stacks: `${folder}/stacks`,
    passphrase: `${folder}/passphrase`,
    /** Environment in which this clone's Pulumi runs: JSON for our commands, shell text for people. */
    envJson: `${folder}/env.json`,
    envShell: `${folder}/env.sh`,
  } as const;
};
