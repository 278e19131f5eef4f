using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Control;

public sealed class ExitCommandTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_asks_the_daemon_to_end_is_answered_when_it_does(bool cleanup)
    {
        ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        Task<ControlAnswer> asked = daemon.AskAsync("exit", cleanup ? ["--cleanup"] : []);
        (await daemon.Stopped).ShouldBe(cleanup);
        (await daemon.PrintAsync("version")).ShouldNotBeEmpty("the socket serves until all else is done");
        asked.IsCompleted.ShouldBeFalse();
        await daemon.DisposeAsync();
        (await asked).ShouldBe(new ControlAnswer("", null));
    }

    [Fact]
    public async Task An_unknown_option_does_not_end_the_daemon()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.FailAsync("exit", "--force")).ShouldBe("only --cleanup is known\n");
        daemon.Stopped.IsCompleted.ShouldBeFalse();
    }
}
