namespace UpcallActors.Unixctl.Tests.Fuzz;

/// <summary>Drives the fuzz target of answers with seeded mutations.</summary>
public sealed class AnswerFuzzTests
{
    internal static string[] Tokens { get; } =
        ["{", "}", "[", "]", "\"", "\\", "\\ud800", ",", ":", "null", "0", "-1", "1e999", " ", "\n", "ä", "\0", "id", "result", "error"];

    internal static string[] Corpus { get; } =
    [
        """{"id":0,"result":"te\"}xt","error":null}{"error":"no","id":0,"result":null}""",
        """{"id":0,"result":[[{"a":"}"}]],"error":{}}""",
    ];

    [Fact]
    public void No_answer_brings_a_client_down() => MutatedText.Run(AnswerFuzz.Run, Tokens, Corpus);
}
