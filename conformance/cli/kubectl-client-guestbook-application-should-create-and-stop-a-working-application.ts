// An application of two tiers is made from one file: the front finds the back by its name, and what is written through
// it can be read again. It goes as it came.

import assert from 'node:assert/strict'
import { behaviour, type Context, type Json } from '../behaviour.ts'
import { asList, createWith } from '../fixtures/kubectl.ts'
import { shell } from '../fixtures/shell.ts'

const back = `
mkdir -p /tmp/www/cgi-bin && cd /tmp/www/cgi-bin
printf '#!/bin/sh\\ncase $QUERY_STRING in set=*) echo "\${QUERY_STRING#set=}" >> /tmp/book;; esac\\n' > book
printf 'echo "Content-Type: text/plain"; echo; cat /tmp/book\\n' >> book
busybox chmod +x book && touch /tmp/book && exec httpd -f -p 8080 -h /tmp/www`

const front = `
mkdir -p /tmp/www/cgi-bin && cd /tmp/www/cgi-bin
printf '#!/bin/sh\\necho "Content-Type: text/plain"; echo\\n' > guestbook
printf 'wget -q -O - "http://backend:6379/cgi-bin/book?$QUERY_STRING"\\n' >> guestbook
busybox chmod +x guestbook && exec httpd -f -p 8080 -h /tmp/www`

const tier = (t: Context, name: string, port: number, replicas: number, script: string): readonly Json[] => {
  const labels = { app: 'guestbook', tier: name }
  const ready = { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } }
  const spec = {
    terminationGracePeriodSeconds: 0,
    containers: [shell(t, script.replaceAll('mkdir', 'busybox mkdir'), ready)],
  }
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector: labels, ports: [{ port, targetPort: 8080 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ]
}

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Guestbook application should create and stop a working application',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const objects = [...tier(t, 'backend', 6379, 1, back), ...tier(t, 'frontend', 80, 3, front)]
    await createWith(t, ...objects)
    for (const name of ['backend', 'frontend'])
      await t.kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=50s'])
    const ask = async (query = ''): Promise<string> => {
      const path = `${t.path('v1', 'services', 'frontend', 'proxy')}/cgi-bin/guestbook${query}`
      const { status, text } = await t.request('GET', path)
      assert.equal(status, 200, text)
      return text
    }
    await t.eventually('the front reaches the back', async () => (await ask('?set=entry')).includes('entry'))
    assert.match(await ask(), /^entry$/m)
    await t.kubectl(['delete', '-f', '-', '--grace-period=0', '--force'], {
      stdin: asList(objects),
    })
    assert.equal((await t.kubectl(['get', 'deployments,services', '-l', 'app=guestbook', '-o', 'name'])).stdout, '')
    await t.eventually('its pods are gone', async () => {
      const { items } = await t.get(t.path('v1', 'pods'), { labelSelector: 'app=guestbook' })
      return items.length === 0
    })
  },
)
