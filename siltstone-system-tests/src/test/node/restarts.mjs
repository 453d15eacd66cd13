// Has the server killed and started again in the middle of the suite's property tests, where nobody notices: a request
// waits until the server is back, and those under way are answered, to their last byte, before it is killed. The suite
// itself is as its authors made it; it only sees this `fetch`.
//
// The first time after half of SILTSTONE_RESTART_EVERY requests of those tests, then after each so many of them. Who
// restarts the server answers at SILTSTONE_RESTART_URL.
import { expect } from "vitest"

const every = Number(process.env.SILTSTONE_RESTART_EVERY)
const plainFetch = globalThis.fetch

let requests = 0
let underWay = 0
let answered = () => {}
let restart

async function restarted() {
  while (underWay > 0) {
    await new Promise((resolve) => (answered = resolve))
  }
  const response = await plainFetch(process.env.SILTSTONE_RESTART_URL, { method: "POST" })
  await response.arrayBuffer()
  if (response.status !== 204) {
    throw new Error(`the server could not be restarted: ${response.status}`)
  }
}

/** Returns with the whole answer at hand: a copy of its body was read to the end. */
async function wholeAnswer(input, init) {
  const response = await plainFetch(input, init)
  await response.clone().arrayBuffer()
  return response
}

globalThis.fetch = async (input, init) => {
  if (!expect.getState().currentTestName?.includes("Property-Based Tests")) {
    return plainFetch(input, init)
  }
  if (requests++ % every === Math.floor(every / 2)) {
    restart = restarted().finally(() => (restart = undefined))
  }
  while (restart) {
    await restart
  }
  underWay++
  try {
    return await wholeAnswer(input, init)
  } finally {
    underWay--
    answered()
  }
}
