/** Hands the server's token to the terminal: a command line can be read by every process. */
export const TOKEN_VARIABLE = 'CODEX_VOICE_SERVER_TOKEN';

/**
 * The environment of a terminal that is attached to a server on this machine. Only the terminal has the token: what
 * Codex runs is started by the server. Codex 0.169.0 would look for 127.0.0.1 behind the proxy of the environment.
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
