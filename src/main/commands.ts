// The commands that run a part of a cluster. Each loads its part only when it is asked for, so that every other
// command starts quickly.

import type { CommandFile } from '#cli/command.ts'
import { checkUrl, examples } from '#cli/command.ts'
import type { AgentOptions } from './agent.ts'
import type { AloneOptions } from './alone.ts'
import type { ServerOptions } from './server.ts'
import {
  admissionFlags,
  auditFlags,
  authenticationFlags,
  authorizationFlags,
  encryptionFlags,
  fairnessFlags,
} from './server-flags.ts'

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value]

const nodeMonitorGracePeriod = [
  '--node-monitor-grace-period <duration>',
  'how long a node may be silent before it is no longer Ready',
  '50s',
] as const

const logLevel = ['--log-level <level>', 'debug, info, warn or error', 'info'] as const

export const serverCommand: CommandFile = {
  register: (program, outside) => {
    const command = program
      .command('server')
      .summary('run the API server, with controllers and scheduler')
      .description('Run the API server with its store, the controllers and the scheduler, until a signal ends it.')
      .requiredOption('--data-dir <dir>', 'where the store, certificates and keys are kept')
      .requiredOption('--listen <host:port>', 'where to listen; may be given several times', collect)
      .option('--store <kind>', 'sqlite or memory', 'sqlite')
      .option('--disable <parts>', 'what not to run here: controllers,scheduler')
      .option('--service-cidr <cidr>', 'the addresses of services', '10.96.0.0/16')
      .option('--cluster-cidr <cidr>', 'the addresses of pods', '10.244.0.0/16')
      .option(...nodeMonitorGracePeriod)
      .option(...logLevel)
    encryptionFlags(fairnessFlags(auditFlags(admissionFlags(authorizationFlags(authenticationFlags(command))))))
      .addHelpText(
        'after',
        examples(['On this machine only', 'pinnace server --data-dir /var/lib/pinnace/server --listen 127.0.0.1:6443']),
      )
      .action(async (options: ServerOptions) => (await import('./server.ts')).runServer(options, outside))
  },
}

export const agentCommand: CommandFile = {
  register: (program, outside) =>
    program
      .command('agent')
      .summary('run a node')
      .description('Join this machine to a cluster as a node, until a signal ends it. Its containers outlive it.')
      .requiredOption('--server <url>', 'of the API server', checkUrl)
      .requiredOption('--token <token>', "the join token, from the file join-token in the server's folder")
      .requiredOption('--node-name <name>', 'the name of the node')
      .requiredOption('--data-dir <dir>', 'where certificates, pods and logs are kept')
      .option('--runtime <runtime>', 'containerd=SOCKET or simulated', 'containerd=/run/containerd/containerd.sock')
      .option('--node-ip <address>', 'the address under which the node is reached; found by itself unless given')
      .option('--port <port>', "of the agent's API; 0 takes a free one", '0')
      .option('--cni-conf-dir <dir>', 'where the container runtime reads its network configuration', '/etc/cni/net.d')
      .option('--cgroup-root <path>', 'the control group below which pods are put')
      .option('--cluster-cidr <cidr>', 'the addresses of pods', '10.244.0.0/16')
      .option('--cluster-dns <address>', 'the address of the name service', '10.96.0.10')
      .option('--cluster-domain <domain>', "the domain of the cluster's names", 'cluster.local')
      .option(...logLevel)
      .addHelpText(
        'after',
        examples([
          "Join with the machine's own containerd",
          'pinnace agent --server https://10.0.0.1:6443 --token pinnace.ab12... --node-name web-1 --data-dir /var/lib/pinnace/agent',
        ]),
      )
      .action(async (options: AgentOptions) => (await import('./agent.ts')).runAgent(options, outside)),
}

export const schedulerCommand: CommandFile = {
  register: (program, outside) =>
    program
      .command('scheduler')
      .summary('run the scheduler alone')
      .description('Run the scheduler against any Kubernetes API server, until a signal ends it.')
      .requiredOption('--kubeconfig <file>', 'how to reach the API server')
      .option(...logLevel)
      .addHelpText(
        'after',
        examples(['Beside a server that does not run it', 'pinnace scheduler --kubeconfig admin.kubeconfig']),
      )
      .action(async (options: AloneOptions) => (await import('./alone.ts')).runSchedulerAlone(options, outside)),
}

export const controllersCommand: CommandFile = {
  register: (program, outside) =>
    program
      .command('controllers')
      .summary('run the controllers alone')
      .description('Run the controllers against any Kubernetes API server, until a signal ends them.')
      .requiredOption('--kubeconfig <file>', 'how to reach the API server')
      .option(
        '--use-service-account-credentials <bool>',
        'whether each controller acts as an account of its own',
        'true',
      )
      .option('--cluster-cidr <cidr>', 'the addresses of pods', '10.244.0.0/16')
      .option(...nodeMonitorGracePeriod)
      .option(...logLevel)
      .addHelpText(
        'after',
        examples(['Beside a server that does not run them', 'pinnace controllers --kubeconfig admin.kubeconfig']),
      )
      .action(async (options: AloneOptions) => (await import('./alone.ts')).runControllersAlone(options, outside)),
}

/** The first arguments that stand for a command of this file. */
export const roleNames: readonly string[] = ['server', 'agent', 'controllers', 'scheduler']

export const roleCommands: readonly CommandFile[] = [serverCommand, agentCommand, controllersCommand, schedulerCommand]
