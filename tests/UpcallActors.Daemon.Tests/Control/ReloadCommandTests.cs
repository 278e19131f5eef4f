namespace UpcallActors.Daemon.Tests.Control;

/// <summary>The configuration of a running daemon, shown and read again.</summary>
public sealed class ReloadCommandTests
{
    [Fact]
    public async Task What_has_changed_is_applied_and_said_and_what_cannot_is_named()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("upcall-actors/reload")).ShouldBe("nothing has changed\n");
        daemon.Folder.Write("a.conf", """
            upcall-actors {
              pipeline { batch-size = 16, port-share = 0.25 }
              revalidators { max-idle = 5s, count = 3 }
              bridges.br0.ports.ovs-p0 { number = 1, type = system }
            }
            """);
        (await daemon.PrintAsync("upcall-actors/reload")).ShouldBe("""
            applied: upcall-actors.pipeline.batch-size = 16
            applied: upcall-actors.pipeline.port-share = 0.25
            applied: upcall-actors.revalidators.max-idle = 5s
            needs a restart: upcall-actors.revalidators.count = 3 (it is 0)

            """);
        (daemon.Pipeline.Tuning.BatchSize, daemon.Pipeline.Tuning.PortShare).ShouldBe((16, 0.25));
        daemon.Pipeline.Revalidation!.Settings.MaxIdle.ShouldBe(TimeSpan.FromSeconds(5));
        string[] values = (await daemon.PrintAsync("upcall-actors/config")).Split('\n');
        values.ShouldContain($"upcall-actors.pipeline.batch-size = 16  # {daemon.Folder.Root}/a.conf:2");
        values.ShouldContain("upcall-actors.revalidators.count = 0  # built-in");
    }

    [Fact]
    public async Task Mistakes_are_all_in_the_answer_and_nothing_changes()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Folder.Write("a.conf", "upcall-actors.pipeline.batch-size = 16\nupcall-actors.handlers = few\nupcall-actors.zebra = "
            + "1\nupcall-actors.bridges.br0.ports.ovs-p0 { number = 1, type = system }\n");
        string file = Path.Combine(daemon.Folder.Root, "a.conf");
        (await daemon.FailAsync("upcall-actors/reload")).ShouldBe(
            $"nothing was changed:\n{file}:2: handlers must be a whole number, not "
                + $"\"few\"\n{file}:3: unknown key zebra in upcall-actors\n");
        daemon.Pipeline.Tuning.BatchSize.ShouldBe(64);
    }
}
