using System.Text;
using UpcallActors.Daemon.Control.Client;
using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Daemon.Terminal.Clients;
using UpcallActors.Daemon.Terminal.Top;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;
using UpcallActors.Pipeline;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Tests.Fuzz;

/// <summary>Fuzz targets of what clients are answered, and of what they ask of a monitor.</summary>
public static class ClientFuzz
{
    private const int Longest = 4096;

    /// <summary>Any bytes from a daemon, in one piece or in many, are the same answers, or a problem that can be said.</summary>
    public static void Answer(ReadOnlySpan<byte> input) => Answers(input, 1).ShouldBe(Answers(input, Longest));

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

    private static string Answers(ReadOnlySpan<byte> input, int piece)
    {
        var buffer = new ReplyBuffer(Longest);
        var answers = new StringBuilder();
        try
        {
            while (true)
            {
                while (buffer.TryTake(out ReadOnlyMemory<byte> answer))
                {
                    answers.Append(Encoding.UTF8.GetString(answer.Span)).Append('\n');
                    Read(answer.Span, answers);
                }

                if (input.IsEmpty)
                    return answers.ToString();
                int length = Math.Min(Math.Min(piece, input.Length), buffer.Free.Length);
                input[..length].CopyTo(buffer.Free.Span);
                buffer.Added(length);
                input = input[length..];
            }
        }
        catch (DaemonClientException problem)
        {
            return answers.Append(problem.Message).ToString();
        }
    }

    private static void Read(ReadOnlySpan<byte> answer, StringBuilder answers)
    {
        try
        {
            answers.Append(DaemonClient.Read(answer, 0));
        }
        catch (DaemonClientException problem)
        {
            problem.Message.ShouldNotBeNull();
        }
    }
}
