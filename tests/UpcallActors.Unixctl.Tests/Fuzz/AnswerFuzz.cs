using System.Text;

namespace UpcallActors.Unixctl.Tests.Fuzz;

/// <summary>Fuzz target of what clients are answered.</summary>
public static class AnswerFuzz
{
    private const int Longest = 4096;

    /// <summary>Any bytes from a daemon, in one piece or in many, are the same answers, or a problem that can be said.</summary>
    public static void Run(ReadOnlySpan<byte> input) => Answers(input, 1).ShouldBe(Answers(input, Longest));

    private static string Answers(ReadOnlySpan<byte> input, int piece)
    {
        var buffer = new ReplyBuffer(Longest, "upcall-actors");
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
