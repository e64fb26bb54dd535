// What this process uses, as Prometheus' text: memory, event loop, collector. Loaded and started when somebody first
// asks, so that a process of which nobody does pays nothing.

export function processMetrics(): () => Promise<string> {
  let text: Promise<() => Promise<string>> | undefined
  const start = async () => {
    const { collectDefaultMetrics, Registry } = await import('prom-client')
    const register = new Registry()
    collectDefaultMetrics({ register })
    return () => register.metrics()
  }
  return async () => {
    text ??= start()
    return (await text)()
  }
}
