using UpcallActors.Odp.Text;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Tests;

/// <summary>
/// Flows that a kernel took and gave back, and what the real <c>ovs-dpctl</c>
/// printed of them; how they were recorded is in <c>KernelFlows/README.md</c>.
/// </summary>
public sealed class KernelFlowTests
{
    private const string Between = " | ";
    private static readonly string[] Blocks = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "KernelFlows", "linux-7.2.txt"))
        .TrimEnd().Split("\n\n");

    public static TheoryData<int> Flows => [.. Enumerable.Range(0, Blocks.Length)];

    [Theory]
    [MemberData(nameof(Flows))]
    public void The_kernels_bytes_print_as_ovs_dpctl_printed_them(int index)
    {
        Dictionary<string, string> flow = Read(index);
        var line = new FlowDumpLine
        {
            Key = Convert.FromHexString(flow["key"]),
            Mask = Convert.FromHexString(flow["mask"]),
            Actions = Convert.FromHexString(flow["actions"]),
            Layer = "ovs",
        };
        line.Format(null, verbose: true).ShouldBe(flow["long"]);
        line.Format(null, verbose: false).ShouldBe(flow["short"]);
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void What_ovs_dpctl_printed_is_read_back_and_prints_the_same(int index)
    {
        Dictionary<string, string> flow = Read(index);
        FlowDumpLine.Parse(flow["long"], null).Format(null, verbose: true).ShouldBe(flow["long"]);
        FlowDumpLine.Parse(flow["short"], null).Format(null, verbose: false).ShouldBe(flow["short"]);
    }

    /// <summary>The key goes through words, too: the kernel has for it just what we write.</summary>
    [Theory]
    [MemberData(nameof(Flows))]
    public void What_was_put_is_what_the_kernel_has(int index)
    {
        Dictionary<string, string> flow = Read(index);
        string[] put = flow["put"].Split(Between);
        byte[] actions = Convert.FromHexString(flow["actions"]);
        OvsActionList.Check(actions).ShouldBe(OdpParseError.None);
        ActionText.Format(ActionText.Parse(put[1], null), null).ShouldBe(ActionText.Format(actions, null));

        OvsFlowKeyReader.TryRead(FlowText.Parse(put[0], null).Key, out FlowKey wanted).ShouldBe(OdpParseError.None);
        OvsFlowKeyReader.TryRead(Convert.FromHexString(flow["key"]), out FlowKey key).ShouldBe(OdpParseError.None);
        OvsFlowKeyReader.TryReadMask(Convert.FromHexString(flow["mask"]), out FlowKey mask).ShouldBe(OdpParseError.None);
        for (int word = 0; word < FlowKey.WordCount; word++)
            (key.ReadOnlyWords[word] & mask.ReadOnlyWords[word]).ShouldBe(wanted.ReadOnlyWords[word] & mask.ReadOnlyWords[word],
                $"word {word}");
    }

    private static Dictionary<string, string> Read(int index) =>
        Blocks[index].Split('\n').Select(line => line.Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
}
