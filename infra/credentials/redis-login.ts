import { createHash } from "node:crypto";
import { mountPaths } from "../names.ts";

/** Redis user that only the container itself knows: with it a new password is added while the former one is valid. */
export const redisOperator = "cerberus-operator";

/** Runs the commands on standard input as the operator; ends with an error when Redis refuses one. */
export const redisCommands: readonly string[] = [
  "sh",
  "-c",
  `REDISCLI_AUTH=$(cat ${mountPaths.secrets}/operator-password) exec redis-cli -e --no-auth-warning --user ${redisOperator}`,
];

/** Lines of redis.conf: the password that clients use, and the operator's. */
export const authConf = (password: string, operatorPassword: string): string =>
  `requirepass ${password}\nuser ${redisOperator} on >${operatorPassword} ~* &* +@all\n`;

const hashed = (password: string): string => `#${createHash("sha256").update(password).digest("hex")}`;

/** Lets clients use the password, beside any that is valid already. */
export const admitCommand = (password: string): string => `ACL SETUSER default ${hashed(password)}\n`;

/** Leaves this password as the only one; who is connected stays so. */
export const retireCommand = (password: string): string =>
  `ACL SETUSER default resetpass ${hashed(password)}\n`;
