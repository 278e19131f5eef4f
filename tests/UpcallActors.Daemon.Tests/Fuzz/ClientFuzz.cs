using System.Text;
using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Daemon.Terminal.Clients;
using UpcallActors.Daemon.Terminal.Top;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Tests.Fuzz;

/// <summary>Fuzz targets of what clients read in an answer, and of what they ask of a monitor.</summary>
public static class ClientFuzz
{
    /// <summary>Any text is a snapshot that is shown, or a problem that can be said; likewise a flow that a client writes.</summary>
    public static void Text(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (!FlowArguments.TryParse(text, OdpPortNames.None, out FlowArguments? flow, out string? wrong))
            wrong.ShouldStartWith("syntax error at ");
        else
            flow.Mask.Length.ShouldBe(flow.Key.Length);

        try
        {
            DaemonSnapshot snapshot = SnapshotReader.Read(text);
            SnapshotText.Write(snapshot, TextWriter.Null);
            PlainTop.Write(TopSample.Between(snapshot, snapshot), TextWriter.Null);
        }
        catch (DaemonClientException problem)
        {
            problem.Message.ShouldNotBeEmpty();
        }
    }

    /// <summary>Any arguments are a filter that says yes or no, or a problem that can be said.</summary>
    public static void Filter(ReadOnlySpan<byte> input)
    {
        string[] arguments = Encoding.Latin1.GetString(input).Split(' ');
        if (UpcallFilter.TryParse(arguments, [new VportMessage { PortNo = 2, Name = "p0" }], out UpcallFilter? filter, out string? problem))
        {
            var key = new FlowKey { DatapathPort = 2, EthType = 0x800 };
            filter.Passes(UpcallClass.Miss, key);
            filter.Passes(UpcallClass.Bad, default);
        }
        else
        {
            problem.ShouldNotBeEmpty();
        }
    }
}
