using System.Text;

namespace UpcallActors.Unixctl.Tests.Fuzz;

/// <summary>Fuzz target of the control socket's requests.</summary>
public static class ControlRequestFuzz
{
    private const int Longest = 512;

    /// <summary>
    /// Any bytes, in one piece or in many, give the same requests and then the same end:
    /// more to come, or a reason why nothing more can. Memory stays within the limit.
    /// </summary>
    public static void Run(ReadOnlySpan<byte> input)
    {
        (List<string> whole, string? problem) = Read(input, pieceLength: Longest);
        (List<string> pieces, string? sameProblem) = Read(input, pieceLength: 1);
        pieces.ShouldBe(whole);
        (sameProblem == null).ShouldBe(problem == null);
    }

    private static (List<string> Requests, string? Problem) Read(ReadOnlySpan<byte> input, int pieceLength)
    {
        var stream = new ControlRequestStream(Longest);
        var requests = new List<string>();
        while (true)
        {
            ControlRequestStream.Step step = stream.TryTake(out ControlRequest? request);
            (request != null).ShouldBe(step == ControlRequestStream.Step.Request);
            if (request != null)
                requests.Add($"{request.Method} {(request.Arguments == null ? "?" : string.Join('|', request.Arguments))} "
                    + $"{Encoding.UTF8.GetString(request.Id.Span)}");
            if (step == ControlRequestStream.Step.Broken)
            {
                stream.Problem.ShouldNotBeEmpty();
                return (requests, stream.Problem);
            }

            if (step == ControlRequestStream.Step.Request)
                continue;
            if (input.IsEmpty)
                return (requests, null);
            Span<byte> free = stream.Free.Span;
            free.IsEmpty.ShouldBeFalse();
            free.Length.ShouldBeLessThanOrEqualTo(Longest);
            int length = Math.Min(Math.Min(pieceLength, free.Length), input.Length);
            input[..length].CopyTo(free);
            stream.Added(length);
            input = input[length..];
        }
    }
}
