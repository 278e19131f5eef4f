using System.Globalization;
using System.Text;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Ofproto;

namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>
/// A configuration that is eight times as long costs some eight times as much, however it is written. What it costs is told by what is
/// allocated, which no load of the machine changes.
/// </summary>
public sealed class LargeConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("upcall-actors.bridges.br0.ports.p{0}.type = system\nupcall-actors.bridges.br0.ports.p{0}.number = {1}\n")]
    [InlineData("upcall-actors.bridges.br{0}.fail-mode = standalone\n")]
    [InlineData("upcall-actors.bridges.br{0} {{ fail-mode = secure }}\n")]
    [InlineData("upcall-actors {{ bridges {{ br{0} {{ fail-mode = secure }} }} }}\n")]
    [InlineData("upcall-actors.bridges.br0.ports.p1.trunks += {0}\n")]
    [InlineData("upcall-actors.bridges.b{0} {{ fail-mode = secure }}\nupcall-actors.bridges = ${{?NOT_SET}}\n")]
    [InlineData("define.x{0} = ${{define.y}}\ndefine.y = 5\n")]
    [InlineData("define = ${{?define}} {{ y = 5 }}\ndefine {{ x{0} = 1 }}\ndefine = 5\n")]
    public void Its_cost_grows_with_its_lines(string line)
    {
        Read(line, 10);
        long few = Cost(() => Read(line, 500));
        long many = Cost(() => Read(line, 4000));
        ((double)many / few).ShouldBeLessThan(12);
    }

    [Fact]
    public void A_hundred_thousand_lines_of_bridges_are_read()
    {
        var text = new StringBuilder();
        for (int bridge = 0; bridge < 100_000; bridge++)
            text.Append(CultureInfo.InvariantCulture, $"upcall-actors.bridges.br{bridge}.fail-mode = standalone\n");
        text.Append("upcall-actors.bridges.br0.ports.p1 { number = 1, type = system }\n");
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(text.ToString());
        problems.ShouldBeEmpty();
        options!.Bridges.Count.ShouldBe(100_000);
        options.Bridges.ShouldAllBe(bridge => bridge.Configuration.FailMode == FailMode.Standalone);
    }

    private static long Cost(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Read(string line, int lines)
    {
        var format = CompositeFormat.Parse(line);
        var text = new StringBuilder();
        for (int number = 0; number < lines; number++)
            text.AppendFormat(CultureInfo.InvariantCulture, format, number, number + 1);
        var source = ConfigurationSource.Parse("a.conf", text.ToString(), _ => null);
        source.Problems.ShouldBeEmpty();
        source.Root.Items.ShouldNotBeNull();
        DaemonOptionsReader.Read(source);
    }
}
