/** Passes the server's token to the terminal, because every process can read a command line. */
export const TOKEN_VARIABLE = 'CODEX_VOICE_SERVER_TOKEN';

/**
 * Returns the environment of a terminal that connects to a server on this machine. Only the terminal has the token,
 * because the server starts what Codex runs. Without the exception for 127.0.0.1, Codex 0.169.0 would use the proxy.
 */
export function terminalEnvironment(env: NodeJS.ProcessEnv, token: string | null): NodeJS.ProcessEnv {
  if (token === null) return env;
  const direct = (list: string | undefined): string => [list, '127.0.0.1'].filter(Boolean).join(',');
  return {
    ...env,
    [TOKEN_VARIABLE]: token,
    NO_PROXY: direct(env.NO_PROXY ?? env.no_proxy),
    no_proxy: direct(env.no_proxy ?? env.NO_PROXY),
  };
}
