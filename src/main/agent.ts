// `pinnace agent`: one node: the kubelet over its container runtime, and beside it the node's network, service
// proxy and name service. It joins with a token and keeps its certificates fresh. It ends without ending its
// containers, and takes them over when it comes back.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Node } from '#api/core/node.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { type Outside, UsageError } from '#cli/command.ts'
import { HttpClient } from '#client/http.ts'
import { createInformers } from '#client/informers.ts'
import { nodeCredentials } from '#client/node-credentials.ts'
import { createRecorder } from '#client/recorder.ts'
import { startDns } from '#dns/server.ts'
import { findUpstreams } from '#dns/upstreams.ts'
import { parseResolvConf } from '#kubelet/dns.ts'
import { endpointDrain } from '#kubelet/drain.ts'
import { nodeFiles } from '#kubelet/files.ts'
import { createAccess } from '#kubelet/http/access.ts'
import { nodePods } from '#kubelet/http/node-pods.ts'
import { nodeStats } from '#kubelet/http/node-stats.ts'
import { peersSettled } from '#kubelet/http/peers.ts'
import { type KubeletHttp, serveKubeletHttp } from '#kubelet/http/server.ts'
import { type Kubelet, startKubelet } from '#kubelet/kubelet.ts'
import { type Prober, runtimeProber } from '#kubelet/prober.ts'
import { openContainerd } from '#kubelet/runtime/containerd.ts'
import type { Runtime } from '#kubelet/runtime/runtime.ts'
import { simulatedRuntime } from '#kubelet/runtime/simulated.ts'
import type { KubeletSettings } from '#kubelet/settings.ts'
import { groupUsage, machineUsage, type ReadNodeUsage } from '#kubelet/stats/node-usage.ts'
import { Stats } from '#kubelet/stats/stats.ts'
import { memoryMounter, nodeMounter } from '#kubelet/volumes/mounter.ts'
import { run } from '#lib/exec.ts'
import { processMetrics } from '#lib/process-metrics.ts'
import { addDnsAddress } from '#network/dns-address.ts'
import { startNetwork } from '#network/network.ts'
import { nftProgram } from '#proxy/nft.ts'
import { type Proxy, startProxy } from '#proxy/proxy.ts'
import { createKubelets } from '#server/connect/kubelet.ts'
import {
  fileSystemUsage,
  hostFile,
  machineInfo,
  nodeCapacity,
  nodeStartMs,
  ownAddress,
  ownHostname,
} from './machine-info.ts'
import { type Role, type RoleOptions, startRole } from './role.ts'

export interface AgentOptions extends RoleOptions {
  readonly server: string
  readonly token: string
  readonly nodeName: string
  readonly dataDir: string
  readonly runtime: string
  readonly nodeIp?: string
  readonly port: string
  readonly cniConfDir: string
  readonly cgroupRoot?: string
  readonly clusterCidr: string
  readonly clusterDns: string
  readonly clusterDomain: string
}

interface OpenRuntime {
  readonly runtime: Runtime
  readonly prober: Prober
  readonly nodeUsage: ReadNodeUsage
  readonly isReal: boolean
}

const logRotation = { maxSizeBytes: 10 * 1024 * 1024, maxFiles: 5 }

/** `containerd=/run/containerd/containerd.sock` or `simulated`. */
function openRuntime(
  { runtime: text, cgroupRoot }: AgentOptions,
  { nodeIP, podCidr, memoryBytes }: { nodeIP: string; podCidr: () => string | undefined; memoryBytes: number },
  { clock, random }: Outside,
): OpenRuntime {
  if (text === 'simulated') {
    const runtime = simulatedRuntime({ clock, random, files: nodeFiles, nodeIP, podCidr, memoryBytes })
    return { runtime, prober: runtime.prober, nodeUsage: () => runtime.nodeUsage(), isReal: false }
  }
  const [kind, socket] = text.split('=', 2)
  if (kind !== 'containerd' || !socket) {
    throw new UsageError(`"${text}" is no runtime; runtimes are containerd=SOCKET and simulated`)
  }
  const runtime = openContainerd({ socket, clock })
  const usage = { files: nodeFiles, clock, memoryBytes }
  const nodeUsage = cgroupRoot === undefined ? machineUsage(usage) : groupUsage(cgroupRoot, usage)
  return { runtime, prober: runtimeProber(clock, runtime), nodeUsage, isReal: true }
}

/** The node's network, service proxy and name service, in its own network namespace. */
async function startNodeNetwork(
  role: Role,
  options: AgentOptions,
  outside: Outside,
  informers: ReturnType<typeof createInformers>,
): Promise<Proxy> {
  const { clock, random } = outside
  const { nodeName, dataDir, clusterDns } = options
  const log = (component: string) => role.log.child({ component })
  const network = startNetwork({
    informers,
    nodeName,
    clock,
    random,
    run,
    log: log('network'),
    confDir: options.cniConfDir,
    dataDir: join(dataDir, 'addresses'),
  })
  role.stop.onStop('network', () => network.stop())
  const proxy = startProxy({
    informers,
    nodeName,
    clock,
    random,
    run,
    log: log('proxy'),
    clusterCIDR: options.clusterCidr,
    nft: nftProgram(run),
    leaveAlone: [clusterDns],
  })
  role.stop.onStop('proxy', () => proxy.stop())
  const removeAddress = await addDnsAddress({ run, address: clusterDns })
  role.stop.onStop('dns address', removeAddress)
  const dns = await startDns({
    informers,
    clock,
    random,
    log: log('dns'),
    addresses: [clusterDns],
    zone: options.clusterDomain,
    upstreams: await findUpstreams(),
  })
  role.stop.onStop('dns', () => dns.stop())
  return proxy
}

export async function runAgent(options: AgentOptions, outside: Outside): Promise<void> {
  const { clock, random, version } = outside
  const { nodeName, dataDir, server } = options
  const role = startRole('agent', options, outside)
  const { log, stop } = role
  const nodeIP = options.nodeIp ?? (options.runtime === 'simulated' ? '127.0.0.1' : ownAddress())
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  const userAgent = `kubelet/${version}`

  const credentials = await nodeCredentials({
    server,
    token: options.token,
    nodeName,
    dir: join(dataDir, 'pki'),
    ips: [nodeIP],
    clock,
    random,
    log,
    userAgent,
    signal: stop.signal,
  })
  const { authorityPem } = credentials
  const client = new HttpClient({
    url: server,
    credentials: () => ({ authorityPem, ...credentials.client() }),
    userAgent,
    clock,
  })
  stop.onStop('client', () => client.close())
  const makeInformers = () => createInformers({ client, clock, random, log })
  const informers = makeInformers()
  stop.onStop('informers', () => informers.stop())

  const nodes = informers.of(Node)
  const podCidr = () => nodes.get(undefined, nodeName)?.spec.podCIDR
  const capacity = nodeCapacity(dataDir)
  const node = { nodeIP, podCidr, memoryBytes: capacity.memoryBytes }
  const { runtime, prober, nodeUsage, isReal } = openRuntime(options, node, outside)
  stop.onStop('runtime', () => runtime.close())

  // The agent's port is part of the node's status, so its API listens before the kubelet reports.
  const hostDns = parseResolvConf(hostFile('/etc/resolv.conf'))
  const proxy = isReal ? await startNodeNetwork(role, options, outside, informers) : undefined
  const slices = informers.of(EndpointSlice)
  const proxySettled = async (resourceVersion: string): Promise<void> => {
    if (resourceVersion !== '') await slices.seen(resourceVersion)
    await proxy?.settled()
  }
  let kubelet: Kubelet | undefined
  const pods = nodePods({ files: nodeFiles, clock, kubelet: () => kubelet })
  const http: KubeletHttp = await serveKubeletHttp({
    host: nodeIP,
    port: Number(options.port),
    certPem: credentials.serving().certPem,
    keyPem: credentials.serving().keyPem,
    authorityPem,
    pods,
    runtime,
    proxySettled,
    checkAccess: createAccess({ client, nodeName, clock, log }),
    stats: nodeStats({
      stats: new Stats({ kubelet: () => kubelet, runtime, nodeUsage, clock, log }),
      nodeName,
      startedAtMs: nodeStartMs(options.cgroupRoot) ?? clock.now(),
      fs: () => fileSystemUsage(dataDir),
      processMetrics: processMetrics(),
    }),
  })
  stop.onStop('api', () => http.stop())
  let kubelets = createKubelets({ authorityPem, ...credentials.client() })
  stop.onStop('peers', () => kubelets.close())
  credentials.onRenewed(() => {
    client.renew()
    kubelets.close()
    kubelets = createKubelets({ authorityPem, ...credentials.client() })
    http.renew(credentials.serving().certPem, credentials.serving().keyPem)
  })

  const settings: KubeletSettings = {
    nodeIPs: [nodeIP],
    hostname: isReal ? nodeName : ownHostname(),
    port: http.port,
    capacity,
    machine: machineInfo(),
    clusterDns: { servers: [options.clusterDns], domain: options.clusterDomain },
    hostDns,
    hostHosts: hostFile('/etc/hosts'),
    logDir: join(dataDir, 'logs'),
    cgroupRoot: options.cgroupRoot,
    logRotation: isReal ? logRotation : undefined,
  }
  kubelet = startKubelet({
    client,
    informers,
    makeInformers,
    runtime,
    prober,
    files: nodeFiles,
    mounter: isReal ? nodeMounter(run, nodeFiles) : memoryMounter(),
    events: createRecorder({ client, component: 'kubelet', host: nodeName, clock, random, log, signal: stop.signal }),
    clock,
    random,
    log: log.child({ component: 'kubelet' }),
    nodeName,
    rootDir: dataDir,
    settings,
    // Nobody sends anything to a simulated pod.
    drain: isReal
      ? endpointDrain({
          informers,
          clock,
          acknowledged: peersSettled({ nodes, nodeName, clock, kubelets: () => kubelets, settledHere: proxySettled }),
        })
      : undefined,
  })
  stop.onStop('kubelet', () => kubelet.stop())
  await kubelet.started
  log.info('The node runs', { node: nodeName, address: nodeIP, port: http.port })
  await role.run()
}
