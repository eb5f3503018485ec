/** Commands for the process with the hot keys: a byte each. */
export const COMMAND = { cancelOn: '+', cancelOff: '-', quit: 'q' } as const;
