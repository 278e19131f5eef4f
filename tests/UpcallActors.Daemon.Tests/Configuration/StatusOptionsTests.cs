using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>Where the status page is served.</summary>
public sealed class StatusOptionsTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_on_the_loopback_interface_unless_said_otherwise() =>
        _folder.Read(DaemonOptionsTests.Good).Options.ShouldNotBeNull().Status.Listen.ShouldNotBeNull().ToString()
            .ShouldBe("127.0.0.1:9677");

    [Theory]
    [InlineData("0.0.0.0:80", "0.0.0.0:80")]
    [InlineData("[::1]:9677", "[::1]:9677")]
    [InlineData("[::]:0", "[::]:0")]
    [InlineData("localhost:1234", "127.0.0.1:1234")]
    public void Addresses_have_a_port(string text, string endpoint) =>
        Read(text).Options.ShouldNotBeNull().Status.Listen.ShouldNotBeNull().ToString().ShouldBe(endpoint);

    [Fact]
    public void Off_is_nowhere() => Read("off").Options.ShouldNotBeNull().Status.Listen.ShouldBeNull();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("9677")]
    [InlineData(":9677")]
    [InlineData("::1:9677")]
    [InlineData("[::1]")]
    [InlineData("127.1:80")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("example.com:80")]
    [InlineData("on")]
    public void What_is_no_address_with_a_port_is_refused(string text) =>
        Read(text).Problems.ShouldHaveSingleItem().Message
            .ShouldBe($"listen must be ADDRESS:PORT such as 127.0.0.1:9677 or [::1]:9677, or off, not \"{text}\"");

    [Fact]
    public void Other_keys_are_refused() =>
        _folder.Read(DaemonOptionsTests.Good, "upcall-actors.status { listen = off, port = 80 }").Problems.ShouldHaveSingleItem().Message
            .ShouldStartWith("unknown key port in status");

    private (DaemonOptions? Options, IReadOnlyList<ConfigurationProblem> Problems) Read(string listen) =>
        _folder.Read(DaemonOptionsTests.Good, $"upcall-actors.status.listen = \"{listen}\"");
}
