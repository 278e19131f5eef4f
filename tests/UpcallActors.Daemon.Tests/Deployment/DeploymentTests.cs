using k8s;
using k8s.Models;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Recordings;
using UpcallActors.Daemon.Tests.Configuration;

namespace UpcallActors.Daemon.Tests.Deployment;

/// <summary>What lies in <c>deploy/</c>, as far as it is the daemon's own: configurations, and the manifests by the model of Kubernetes' API, in which a field that it has not is an error.</summary>
public sealed class DeploymentTests
{
    private static string Manifest => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "deploy", "upcall-actors.yml"));

    [Fact]
    public void The_manifests_have_fields_of_the_API_only()
    {
        List<object> objects = KubernetesYaml.LoadAllFromString(Manifest, strict: true);

        objects.Select(item => item.GetType()).ShouldBe([typeof(V1Namespace), typeof(V1ConfigMap), typeof(V1DaemonSet)]);
        Should.Throw<Exception>(() => KubernetesYaml.LoadAllFromString(Manifest.Replace("hostNetwork", "hostNet", StringComparison.Ordinal), strict: true));
    }

    [Fact]
    public void The_daemon_set_gives_the_daemon_the_host_s_network_and_one_capability()
    {
        var set = KubernetesYaml.LoadAllFromString(Manifest, strict: true).OfType<V1DaemonSet>().Single();

        V1PodSpec pod = set.Spec.Template.Spec;
        pod.HostNetwork.ShouldBe(true);
        set.Spec.Selector.MatchLabels.ShouldBe(set.Spec.Template.Metadata.Labels);
        V1Container container = pod.Containers.Single();
        V1SecurityContext security = container.SecurityContext;
        (security.RunAsUser, security.AllowPrivilegeEscalation, security.ReadOnlyRootFilesystem, security.Privileged ?? false).ShouldBe((0L, false, true, false));
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
    public void The_configurations_beside_the_Dockerfile_are_good_ones()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "deploy");
        Recording recording = Recording.Find(Recording.Folder).First(recording => recording is { Kernel: "7.2", Scenario: "ipv4-fragmentation" });

        DaemonOptionsReader.Read([Path.Combine(folder, "upcall-actors.conf")]).Problems.ShouldBeEmpty();
        (DaemonOptions? demo, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read([recording.ConfigurationFile, Path.Combine(folder, "demo.conf")]);
        problems.ShouldBeEmpty();
        demo!.Replay.Loop.ShouldBeTrue();
    }
}
