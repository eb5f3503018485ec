/** Reports whether the desktop session is one of Wayland. An X display there shows only the windows of X11 apps. */
export function isWayland(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.WAYLAND_DISPLAY) || env.XDG_SESSION_TYPE === 'wayland';
}
