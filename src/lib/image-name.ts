// Names of images, in the form in which runtimes know them. Assumes that a name has been checked where it came in.

/** As containerd knows it: `hello:v1` is `docker.io/library/hello:v1`, and no tag is `latest`. */
export function normalizeImageName(name: string): string {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasRegistry = first.includes('.') || first.includes(':') || first === 'localhost'
  const qualified = hasRegistry ? name : `docker.io/${slash < 0 ? 'library/' : ''}${name}`
  const last = qualified.slice(qualified.lastIndexOf('/') + 1)
  return last.includes(':') || qualified.includes('@') ? qualified : `${qualified}:latest`
}
