namespace UpcallActors.Unixctl.Tests.Fuzz;

/// <summary>Drives the fuzz target with seeded mutations of good requests.</summary>
public sealed class ControlRequestFuzzTests
{
    internal static string[] Corpus { get; } =
    [
        """{"method":"dpctl/show","params":["-s"],"id":0}""",
        """{"id":0,"method":"dpctl/dump-flows","params":["-m","filter=in_port=\\u0031,ip"]} """
            + """{"params":[],"id":"x","method":"exit","error":null}""",
        """  {"method":"ä","params":[1,null,{"a":[true]}],"id":{"b":-1.5e3}}	{"id":""",
        new string('{', 100) + """{"method":""" + new string(' ', 600),
    ];

    internal static string[] Tokens { get; } =
    [
        "{", "}", "[", "]", "\"", "\\", "\\u", "\\ud800", "\\u0000", ",", ":", "null", "0", "1e", " ", "\n", "\u00e4", "\0",
        "method", "params", "id", "result",
    ];

    [Fact]
    public void No_bytes_bring_the_control_socket_down() => MutatedText.Run(ControlRequestFuzz.Run, Tokens, Corpus);
}
