// Tells a test, at the end of stderr, how many kilobytes this process has used at most.
process.on('exit', () => {
  process.stderr.write(`\npeak ${process.resourceUsage().maxRSS}\n`);
});
