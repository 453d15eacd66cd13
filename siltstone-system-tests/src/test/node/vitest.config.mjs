// Longer than the default of 5 s: the machine may be busy. Tests with a limit of their own keep it.
export default {
  test: {
    include: ["conformance.test.mjs"],
    setupFiles: process.env.SILTSTONE_RESTART_URL ? ["restarts.mjs"] : [],
    cache: false,
    testTimeout: 20_000,
  },
}
