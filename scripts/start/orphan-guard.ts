/**
 * Loaded into every process that `npm start` starts, by `node --import`: when the parent is gone (killed, crashed), end as if it
 * had said so. Otherwise a killed start would leave an api that keeps the port.
 */
if (process.connected) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Listening must not keep a process alive that has nothing else to do.
  process.channel?.unref();
}
