using k8s;
using k8s.Models;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Deployment;

/// <summary>
/// What lies in <c>deploy/</c>, as far as it is the daemon's own: configurations, and the
/// manifests by the model of Kubernetes' API, in which a field that it has not is an error.
/// </summary>
public sealed class DeploymentTests
{
    private static string Manifest => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "deploy", "upcall-actors.yml"));

    [Fact]
    public void The_manifests_have_fields_of_the_API_only()
    {
        List<object> objects = KubernetesYaml.LoadAllFromString(Manifest, strict: true);

        objects.Select(item => item.GetType()).ShouldBe([typeof(V1Namespace), typeof(V1ConfigMap), typeof(V1DaemonSet)]);
        Should.Throw<Exception>(() => KubernetesYaml.LoadAllFromString(Manifest.Replace("hostNetwork", "hostNet", StringComparison.Ordinal),
            strict: true));
    }

    [Fact]
    public void The_daemon_set_gives_the_daemon_the_host_s_network_and_one_capability()
    {
        var set = KubernetesYaml.LoadAllFromString(Manifest, strict: true).OfType<V1DaemonSet>().Single();

        V1PodSpec pod = set.Spec.Template.Spec;
        pod.HostNetwork.ShouldBe(true);
        set.Spec.Selector.MatchLabels.ShouldBe(set.Spec.Template.Metadata.Labels);
        V1Container container = pod.Containers.Single();
        // A port that is missing takes the pod out of service, and restarts nothing.
        container.ReadinessProbe.HttpGet.Path.ShouldBe("/health/ready");
        container.StartupProbe.HttpGet.Path.ShouldBe("/health/live");
        container.LivenessProbe.ShouldBeNull();
        V1SecurityContext security = container.SecurityContext;
        (security.RunAsUser, security.AllowPrivilegeEscalation, security.ReadOnlyRootFilesystem,
            security.Privileged ?? false).ShouldBe((0L, false, true, false));
        security.Capabilities.Drop.ShouldBe(["ALL"]);
        security.Capabilities.Add.ShouldBe(["NET_ADMIN"]);
        pod.Volumes.Select(volume => volume.Name).ShouldBe(container.VolumeMounts.Select(mount => mount.Name));
    }

    [Fact]
    public void The_configuration_in_the_manifests_is_a_good_one()
    {
        var map = KubernetesYaml.LoadAllFromString(Manifest, strict: true).OfType<V1ConfigMap>().Single();
        using var folder = new ConfigurationFolder();

        folder.Problems(map.Data["upcall-actors.conf"]).ShouldBeEmpty();
    }

    [Fact]
    public void The_configuration_beside_the_Dockerfile_is_a_good_one() =>
        DaemonOptionsReader.Read([Path.Combine(AppContext.BaseDirectory, "deploy", "upcall-actors.conf")]).Problems.ShouldBeEmpty();

    [Fact]
    public void No_example_takes_a_device_that_nobody_has_named()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "deploy", "upcall-actors.conf");
        var map = KubernetesYaml.LoadAllFromString(Manifest, strict: true).OfType<V1ConfigMap>().Single();
        foreach (string text in (string[])[File.ReadAllText(beside), map.Data["upcall-actors.conf"]])
        {
            using var folder = new ConfigurationFolder();
            (DaemonOptions? options, _) = DaemonOptionsReader.Read([folder.Write("a.conf", text)]);
            BridgeOptions bridge = options.ShouldNotBeNull().Bridges.ShouldHaveSingleItem();
            bridge.Configuration.Ports.ShouldAllBe(port => port.Interfaces[0].Kind == PortKind.Internal);
        }
    }

    [Fact]
    public void Docker_compose_runs_what_touches_nothing_unless_the_switch_is_asked_for()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "deploy");
        string[] compose = File.ReadAllLines(Path.Combine(folder, "docker-compose.yml"));
        File.ReadAllText(Path.Combine(folder, ".env")).ShouldContain("\nCOMPOSE_PROFILES=demo\n");
        Service(compose, "demo").ShouldContain("    command: [demo]");
        Service(compose, "demo").ShouldNotContain(line => IsPrivilege(line));
        // Every other service that has a privilege is in a profile that is not the default.
        foreach (string privileged in Services(compose).Where(name => Service(compose, name).Any(IsPrivilege)))
            Service(compose, privileged).ShouldContain("    profiles: [switch]", privileged);
    }

    private static bool IsPrivilege(string line) =>
        line.Contains("cap_add", StringComparison.Ordinal) || line.Contains("devices", StringComparison.Ordinal);

    private static IEnumerable<string> Services(string[] compose) =>
        compose.SkipWhile(line => line != "services:").Skip(1).TakeWhile(line => !line.StartsWith("volumes:", StringComparison.Ordinal))
            .Where(line => line.Length > 2 && line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().TrimEnd(':'));

    private static string[] Service(string[] compose, string name) =>
    [
        .. compose.SkipWhile(line => line != $"  {name}:").Skip(1)
            .TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal)),
    ];
}
