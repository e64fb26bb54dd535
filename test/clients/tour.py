"""What programs in Python do with a cluster, by Debian's python3-kubernetes: its typed and its dynamic client.

KUBECONFIG says where the cluster is; CONTAINERS is 1 where containers really run, from the image tools:v1.
"""

import json
import os
import threading
import time
import unittest

from kubernetes import client, config, dynamic, stream, utils, watch
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock

NAMESPACE = "python"
RUNS_CONTAINERS = os.environ.get("CONTAINERS") == "1"
TIMEOUT = 60

config.load_kube_config()
api = client.ApiClient()
core = client.CoreV1Api(api)
apps = client.AppsV1Api(api)
batch = client.BatchV1Api(api)
custom = client.CustomObjectsApi(api)


def meta(name, **more):
    return client.V1ObjectMeta(name=name, **more)


def until(look, what, timeout=TIMEOUT):
    """The first answer that is not None or False."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("never: " + what)


def deployment(name, replicas=2):
    container = client.V1Container(name="app", image="tools:v1")
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels={"app": name}),
        spec=client.V1PodSpec(containers=[container], termination_grace_period_seconds=1),
    )
    return client.V1Deployment(
        metadata=meta(name, labels={"app": name}),
        spec=client.V1DeploymentSpec(
            replicas=replicas, selector=client.V1LabelSelector(match_labels={"app": name}), template=template
        ),
    )


def setUpModule():
    core.create_namespace(client.V1Namespace(metadata=meta(NAMESPACE)))
    until(lambda: core.list_namespaced_service_account(NAMESPACE).items, "the default service account")


def tearDownModule():
    core.delete_namespace(NAMESPACE)

    def is_gone():
        try:
            core.read_namespace(NAMESPACE)
        except ApiException as error:
            return error.status == 404
        return False

    until(is_gone, "the namespace is gone")


class Typed(unittest.TestCase):
    def refused(self, status, reason, call, *args, **more):
        with self.assertRaises(ApiException) as caught:
            call(*args, **more)
        self.assertEqual(caught.exception.status, status, caught.exception.body)
        self.assertIn('"reason":"%s"' % reason, caught.exception.body)
        return caught.exception.body

    def test_versions_and_groups(self):
        self.assertEqual(client.VersionApi(api).get_code().major, "1")
        groups = [group.name for group in client.ApisApi(api).get_api_versions().groups]
        for group in ("apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io"):
            self.assertIn(group, groups)
        self.assertIn("pods/exec", [each.name for each in core.get_api_resources().resources])

    def test_create_read_replace_delete(self):
        body = client.V1ConfigMap(metadata=meta("crud"), data={"a": "1"})
        made = core.create_namespaced_config_map(NAMESPACE, body)
        self.refused(409, "AlreadyExists", core.create_namespaced_config_map, NAMESPACE, body)
        stale = core.read_namespaced_config_map("crud", NAMESPACE)
        made.data["b"] = "2"
        core.replace_namespaced_config_map("crud", NAMESPACE, made)
        self.refused(409, "Conflict", core.replace_namespaced_config_map, "crud", NAMESPACE, stale)
        dry = core.delete_namespaced_config_map("crud", NAMESPACE, dry_run="All")
        self.assertEqual(dry.status, "Success")
        self.assertEqual(core.read_namespaced_config_map("crud", NAMESPACE).data, {"a": "1", "b": "2"})
        core.delete_namespaced_config_map("crud", NAMESPACE)
        self.refused(404, "NotFound", core.read_namespaced_config_map, "crud", NAMESPACE)

    def test_what_is_wrong_is_refused(self):
        wrong = client.V1Service(metadata=meta("Wrong"), spec=client.V1ServiceSpec(ports=[client.V1ServicePort(port=0)]))
        body = self.refused(422, "Invalid", core.create_namespaced_service, NAMESPACE, wrong)
        self.assertIn("spec.ports[0].port", body)
        self.assertIn("metadata.name", body)

    def test_every_kind_of_patch(self):
        core.create_namespaced_config_map(NAMESPACE, client.V1ConfigMap(metadata=meta("patched"), data={"a": "1"}))
        # A list is a JSON patch, everything else a strategic merge.
        steps = [{"op": "test", "path": "/data/a", "value": "1"}, {"op": "add", "path": "/data/b", "value": "2"}]
        self.assertEqual(core.patch_namespaced_config_map("patched", NAMESPACE, steps).data["b"], "2")
        merged = core.patch_namespaced_config_map("patched", NAMESPACE, {"data": {"a": None, "c": "3"}})
        self.assertEqual(merged.data, {"b": "2", "c": "3"})
        steps[0]["value"] = "7"
        self.refused(422, "Invalid", core.patch_namespaced_config_map, "patched", NAMESPACE, steps)

        apps.create_namespaced_deployment(NAMESPACE, deployment("patched", 0))
        sidecar = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "tools:v1"}]}}}}
        both = apps.patch_namespaced_deployment("patched", NAMESPACE, sidecar)
        self.assertEqual({each.name for each in both.spec.template.spec.containers}, {"app", "side"})
        scaled = apps.patch_namespaced_deployment_scale("patched", NAMESPACE, {"spec": {"replicas": 1}})
        self.assertEqual(scaled.spec.replicas, 1)
        apps.delete_namespaced_deployment("patched", NAMESPACE, propagation_policy="Foreground")

    def test_lists_come_in_pages(self):
        for i in range(7):
            core.create_namespaced_config_map(
                NAMESPACE, client.V1ConfigMap(metadata=meta("page-%d" % i, labels={"set": "pages"}))
            )
        names, token, pages = [], None, 0
        while True:
            page = core.list_namespaced_config_map(NAMESPACE, label_selector="set=pages", limit=3, _continue=token)
            names += [each.metadata.name for each in page.items]
            pages += 1
            token = page.metadata._continue
            if not token:
                break
        self.assertEqual((pages, names), (3, ["page-%d" % i for i in range(7)]))
        one = core.list_config_map_for_all_namespaces(field_selector="metadata.name=page-3")
        self.assertEqual(len(one.items), 1)
        core.delete_collection_namespaced_config_map(NAMESPACE, label_selector="set=pages")
        self.assertEqual(core.list_namespaced_config_map(NAMESPACE, label_selector="set=pages").items, [])

    def test_watch_tells_what_happens(self):
        version = core.list_namespaced_secret(NAMESPACE).metadata.resource_version
        core.create_namespaced_secret(NAMESPACE, client.V1Secret(metadata=meta("seen"), string_data={"a": "b"}))
        core.patch_namespaced_secret("seen", NAMESPACE, {"metadata": {"labels": {"a": "b"}}})
        core.delete_namespaced_secret("seen", NAMESPACE)
        seen = []
        watcher = watch.Watch()
        for event in watcher.stream(
            core.list_namespaced_secret, NAMESPACE, resource_version=version, timeout_seconds=TIMEOUT
        ):
            seen.append((event["type"], event["object"].metadata.name))
            if event["type"] == "DELETED":
                watcher.stop()
        self.assertEqual(seen, [("ADDED", "seen"), ("MODIFIED", "seen"), ("DELETED", "seen")])

    def test_a_rollout_is_followed_by_a_watch(self):
        apps.create_namespaced_deployment(NAMESPACE, deployment("rolled"))
        watcher = watch.Watch()
        ready = False
        for event in watcher.stream(
            apps.list_namespaced_deployment,
            NAMESPACE,
            field_selector="metadata.name=rolled",
            timeout_seconds=TIMEOUT,
        ):
            if event["object"].status.ready_replicas == 2:
                ready = True
                watcher.stop()
        self.assertTrue(ready)
        events = core.list_namespaced_event(NAMESPACE, field_selector="involvedObject.name=rolled")
        self.assertIn("ScalingReplicaSet", [each.reason for each in events.items])
        scale = apps.read_namespaced_deployment_scale("rolled", NAMESPACE)
        scale.spec.replicas = 1
        apps.replace_namespaced_deployment_scale("rolled", NAMESPACE, scale)

        def pods():
            return core.list_namespaced_pod(NAMESPACE, label_selector="app=rolled").items

        until(lambda: len(pods()) == 1, "one pod is left")
        eviction = client.V1Eviction(metadata=meta(pods()[0].metadata.name))
        core.create_namespaced_pod_eviction(eviction.metadata.name, NAMESPACE, eviction)
        until(lambda: eviction.metadata.name not in [pod.metadata.name for pod in pods()], "the pod is evicted")
        apps.delete_namespaced_deployment("rolled", NAMESPACE)
        until(lambda: not pods(), "its pods are collected")

    def test_a_pod_that_ends(self):
        spec = client.V1PodSpec(
            containers=[client.V1Container(name="once", image="tools:v1", command=["true"])], restart_policy="Never"
        )
        simulate = {"pinnace.dev/simulate": '{"*": {"exitAfterMs": 100, "exitCode": 0}}'}
        core.create_namespaced_pod(NAMESPACE, client.V1Pod(metadata=meta("once", annotations=simulate), spec=spec))
        watcher = watch.Watch()
        phases = []
        for event in watcher.stream(
            core.list_namespaced_pod, NAMESPACE, field_selector="metadata.name=once", timeout_seconds=TIMEOUT
        ):
            phases.append(event["object"].status.phase)
            if phases[-1] == "Succeeded":
                watcher.stop()
        self.assertEqual(phases[-1], "Succeeded")
        state = core.read_namespaced_pod("once", NAMESPACE).status.container_statuses[0].state
        self.assertEqual(state.terminated.exit_code, 0)

    def test_who_may_do_what(self):
        rbac = client.RbacAuthorizationV1Api(api)
        core.create_namespaced_service_account(NAMESPACE, client.V1ServiceAccount(metadata=meta("reader")))
        rule = client.V1PolicyRule(api_groups=[""], resources=["configmaps"], verbs=["get", "list"])
        rbac.create_namespaced_role(NAMESPACE, client.V1Role(metadata=meta("reader"), rules=[rule]))
        binding = {
            "metadata": {"name": "reader"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
            "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": NAMESPACE}],
        }
        rbac.create_namespaced_role_binding(NAMESPACE, binding)
        request = client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[]))
        token = core.create_namespaced_service_account_token("reader", NAMESPACE, request).status.token

        own = client.Configuration.get_default_copy()
        own.cert_file = own.key_file = None
        own.api_key = {"authorization": "Bearer " + token}
        with client.ApiClient(own) as reader:
            client.CoreV1Api(reader).list_namespaced_config_map(NAMESPACE)
            body = self.refused(403, "Forbidden", client.CoreV1Api(reader).list_namespaced_secret, NAMESPACE)
            self.assertIn("system:serviceaccount:python:reader", body)
            attributes = client.V1ResourceAttributes(namespace=NAMESPACE, verb="list", resource="configmaps")
            review = client.V1SelfSubjectAccessReview(
                spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
            )
            answer = client.AuthorizationV1Api(reader).create_self_subject_access_review(review)
            self.assertTrue(answer.status.allowed)

    def test_manifests_are_created_as_they_are(self):
        objects = [
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "m"}, "spec": {"ports": [{"port": 80}]}},
            {
                "apiVersion": "autoscaling/v1",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "m"},
                "spec": {
                    "maxReplicas": 3,
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "m"},
                },
            },
        ]
        for each in objects:
            utils.create_from_dict(api, each, namespace=NAMESPACE)
        self.assertRegex(core.read_namespaced_service("m", NAMESPACE).spec.cluster_ip, r"^10\.96\.")

    def test_one_of_two_leads(self):
        led = []
        lock = threading.Lock()

        def run(identity):
            def started():
                with lock:
                    led.append(identity)

            elector = leaderelection.LeaderElection(
                electionconfig.Config(
                    ConfigMapLock("leader", NAMESPACE, identity),
                    lease_duration=17,
                    renew_deadline=15,
                    retry_period=1,
                    onstarted_leading=started,
                    onstopped_leading=None,
                )
            )
            threading.Thread(target=elector.run, daemon=True).start()

        for identity in ("one", "two"):
            run(identity)
        until(lambda: led, "somebody leads")
        time.sleep(3)
        self.assertEqual(len(led), 1)
        record = core.read_namespaced_config_map("leader", NAMESPACE).metadata.annotations
        self.assertIn(led[0], record["control-plane.alpha.kubernetes.io/leader"])


class Custom(unittest.TestCase):
    group, plural = "python.example.com", "boats"

    @classmethod
    def setUpClass(cls):
        schema = {
            "type": "object",
            "properties": {
                "spec": {"type": "object", "properties": {"sails": {"type": "integer", "maximum": 9, "default": 2}}},
                "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        }
        definition = {
            "metadata": {"name": "boats." + cls.group},
            "spec": {
                "group": cls.group,
                "scope": "Namespaced",
                "names": {"plural": "boats", "singular": "boat", "kind": "Boat"},
                "versions": [
                    {
                        "name": "v1",
                        "served": True,
                        "storage": True,
                        "subresources": {"status": {}},
                        "schema": {"openAPIV3Schema": schema},
                    }
                ],
            },
        }
        cls.definitions = client.ApiextensionsV1Api(api)
        cls.definitions.create_custom_resource_definition(definition)

        def is_established():
            status = cls.definitions.read_custom_resource_definition("boats." + cls.group).status
            return status and any(c.type == "Established" and c.status == "True" for c in status.conditions or [])

        until(is_established, "the definition is established")

    @classmethod
    def tearDownClass(cls):
        cls.definitions.delete_custom_resource_definition("boats." + cls.group)

    def boat(self, name, spec):
        return {"apiVersion": self.group + "/v1", "kind": "Boat", "metadata": {"name": name}, "spec": spec}

    def test_objects_are_made_patched_watched_and_deleted(self):
        place = (self.group, "v1", NAMESPACE, self.plural)
        made = custom.create_namespaced_custom_object(*place, self.boat("a", {}))
        self.assertEqual(made["spec"], {"sails": 2})
        with self.assertRaises(ApiException) as caught:
            custom.create_namespaced_custom_object(*place, self.boat("b", {"sails": 10}))
        self.assertEqual(caught.exception.status, 422)
        self.assertIn("should be less than or equal to 9", caught.exception.body)
        custom.patch_namespaced_custom_object_status(*place, "a", {"status": {"afloat": True}})
        patched = custom.patch_namespaced_custom_object(*place, "a", {"spec": {"sails": 3}})
        self.assertEqual((patched["spec"]["sails"], patched["status"]["afloat"]), (3, True))
        watcher = watch.Watch()
        for event in watcher.stream(custom.list_namespaced_custom_object, *place, timeout_seconds=TIMEOUT):
            self.assertEqual((event["type"], event["object"]["metadata"]["name"]), ("ADDED", "a"))
            watcher.stop()
        custom.delete_namespaced_custom_object(*place, "a")
        self.assertEqual(custom.list_namespaced_custom_object(*place)["items"], [])

    def test_the_dynamic_client(self):
        boats = dynamic.DynamicClient(api).resources.get(api_version=self.group + "/v1", kind="Boat")
        boats.create(namespace=NAMESPACE, body=self.boat("d", {"sails": 1}))
        types = {
            "application/merge-patch+json": {"spec": {"sails": 4}},
            "application/json-patch+json": [{"op": "replace", "path": "/spec/sails", "value": 5}],
        }
        for content_type, body in types.items():
            boats.patch(namespace=NAMESPACE, name="d", body=body, content_type=content_type)
        self.assertEqual(boats.get(namespace=NAMESPACE, name="d").spec.sails, 5)
        with self.assertRaises(dynamic.exceptions.DynamicApiError) as caught:
            boats.patch(namespace=NAMESPACE, name="d", body={}, content_type="application/strategic-merge-patch+json")
        self.assertEqual(caught.exception.status, 415)
        applied = boats.patch(
            namespace=NAMESPACE,
            name="d",
            # This version wants text where the type is not JSON.
            body=json.dumps(self.boat("d", {"sails": 5})),
            content_type="application/apply-patch+yaml",
            field_manager="tour",
        )
        self.assertIn("Apply", [each.operation for each in applied.metadata.managedFields])
        boats.delete(namespace=NAMESPACE, name="d")


class Dynamic(unittest.TestCase):
    def setUp(self):
        self.client = dynamic.DynamicClient(api)

    def test_every_resource_is_found_and_listed(self):
        listed = 0
        for resource in self.client.resources.search():
            if isinstance(resource, dynamic.resource.ResourceList) or resource.group == Custom.group:
                continue
            if "list" in resource.verbs:
                self.assertEqual(resource.get(limit=1).kind, resource.kind + "List")
                listed += 1
        self.assertGreater(listed, 50)

    def test_server_side_apply(self):
        maps = self.client.resources.get(api_version="v1", kind="ConfigMap")
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"a": "1", "b": "1"}}

        def apply(manager, data, **more):
            applied = self.client.server_side_apply(
                maps,
                body=json.dumps({**body, "data": data}),
                name="applied",
                namespace=NAMESPACE,
                field_manager=manager,
                **more
            )
            return applied.to_dict()["data"]

        self.assertEqual(apply("one", {"a": "1", "b": "1"}), {"a": "1", "b": "1"})
        with self.assertRaises(dynamic.exceptions.ConflictError) as caught:
            apply("two", {"a": "2"})
        self.assertIn('conflict with \\"one\\": .data.a', caught.exception.body.decode())
        self.assertEqual(apply("two", {"a": "2"}, force_conflicts=True), {"a": "2", "b": "1"})
        # What nobody speaks of any more goes.
        self.assertEqual(apply("one", {"a": "2"}), {"a": "2"})

    def test_watch(self):
        maps = self.client.resources.get(api_version="v1", kind="ConfigMap")
        version = maps.get(namespace=NAMESPACE).metadata.resourceVersion
        maps.create(namespace=NAMESPACE, body={"metadata": {"name": "dynamic"}})
        maps.delete(namespace=NAMESPACE, name="dynamic")
        seen = []
        watcher = watch.Watch()
        for event in maps.watch(
            namespace=NAMESPACE,
            field_selector="metadata.name=dynamic",
            resource_version=version,
            timeout=TIMEOUT,
            watcher=watcher,
        ):
            seen.append(event["type"])
            if event["type"] == "DELETED":
                watcher.stop()
        self.assertEqual(seen, ["ADDED", "DELETED"])


class Logs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        simulate = '{"*": {"log": ["one", "two", "three"]}}'
        command = ["sh", "-c", "for i in one two three; do echo $i; done; trap 'exit 0' TERM; while :; do sleep 1; done"]
        container = client.V1Container(name="app", image="tools:v1", command=command)
        spec = client.V1PodSpec(containers=[container], termination_grace_period_seconds=1)
        annotations = {"pinnace.dev/simulate": simulate}
        core.create_namespaced_pod(NAMESPACE, client.V1Pod(metadata=meta("talks", annotations=annotations), spec=spec))
        until(lambda: core.read_namespaced_pod("talks", NAMESPACE).status.phase == "Running", "the pod runs")

    def test_logs(self):
        until(lambda: core.read_namespaced_pod_log("talks", NAMESPACE) == "one\ntwo\nthree\n", "three lines")
        self.assertEqual(core.read_namespaced_pod_log("talks", NAMESPACE, tail_lines=1), "three\n")
        watcher = watch.Watch()
        lines = []
        for line in watcher.stream(core.read_namespaced_pod_log, "talks", NAMESPACE):
            lines.append(line)
            if len(lines) == 3:
                watcher.stop()
        self.assertEqual(lines, ["one", "two", "three"])

    @unittest.skipUnless(RUNS_CONTAINERS, "no containers run here")
    def test_exec(self):
        command = ["sh", "-c", "echo out; echo err >&2; exit 7"]
        call = dict(stderr=True, stdin=False, stdout=True, tty=False)
        run = stream.stream(
            core.connect_get_namespaced_pod_exec, "talks", NAMESPACE, command=command, _preload_content=False, **call
        )
        run.run_forever(timeout=TIMEOUT)
        self.assertEqual((run.read_stdout(), run.read_stderr(), run.returncode), ("out\n", "err\n", 7))
        text = stream.stream(core.connect_get_namespaced_pod_exec, "talks", NAMESPACE, command=["echo", "hi"], **call)
        self.assertEqual(text, "hi\n")

    @unittest.skipUnless(RUNS_CONTAINERS, "no containers run here")
    def test_exec_with_input(self):
        call = dict(stderr=True, stdin=True, stdout=True, tty=False, _preload_content=False)
        shell = stream.stream(core.connect_get_namespaced_pod_exec, "talks", NAMESPACE, command=["sh"], **call)
        shell.write_stdin("echo $((6 * 7))\n")
        self.assertEqual(shell.readline_stdout(timeout=TIMEOUT), "42")
        shell.write_stdin("exit 3\n")
        shell.run_forever(timeout=TIMEOUT)
        self.assertEqual(shell.returncode, 3)

    @unittest.skipUnless(RUNS_CONTAINERS, "no containers run here")
    def test_port_forward(self):
        command = ["sh", "-c", "mkdir -p /tmp/www; echo hello >/tmp/www/index.html; httpd -p 8000 -h /tmp/www"]
        call = dict(stderr=True, stdin=False, stdout=True, tty=False)
        stream.stream(core.connect_get_namespaced_pod_exec, "talks", NAMESPACE, command=command, **call)
        forward = stream.portforward(core.connect_get_namespaced_pod_portforward, "talks", NAMESPACE, ports="8000")
        http = forward.socket(8000)
        http.setblocking(True)
        http.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = b""
        while True:
            data = http.recv(1024)
            if not data:
                break
            answer += data
        http.close()
        self.assertIn(b"hello", answer)
        self.assertIsNone(forward.error(8000))


if __name__ == "__main__":
    unittest.main(verbosity=2)
