/**
 * The Ed25519 key whose other half signs releases; scripts/install.sh has it too. docs/releasing.md says how it is
 * replaced. Nothing in the environment can replace it.
 */
export const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAaqFhJinWaOsN69SClJjIPKgONX9hEVx9OE1zIS4ibnI=
-----END PUBLIC KEY-----
`;
