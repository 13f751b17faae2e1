// Prints the process's peak memory in kilobytes at the end of stderr, for a test.
process.on('exit', () => {
  process.stderr.write(`\npeak ${process.resourceUsage().maxRSS}\n`);
});
