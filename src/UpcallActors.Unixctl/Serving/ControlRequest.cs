using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace UpcallActors.Unixctl;

/// <summary>A request as it came in: <c>{"method": command, "params": [strings], "id": n}</c> (JSON-RPC 1.0).</summary>
/// <param name="Method">The command's name.</param>
/// <param name="Arguments">Its arguments; null when one is no string, which is the command's error and not the connection's.</param>
/// <param name="Id">What the answer repeats: any JSON but null, that would be a
/// notification. As it came in, so that nothing in it can fail to be written.</param>
internal sealed record ControlRequest(string Method, IReadOnlyList<string>? Arguments, ReadOnlyMemory<byte> Id)
{
    /// <summary>
    /// Reads one whole JSON object. Null with a <paramref name="problem"/> when it is no request: then the connection is of no use
    /// any more (<c>jsonrpc_msg_from_json</c>, <c>run_connection</c>).
    /// </summary>
    public static ControlRequest? Parse(ReadOnlyMemory<byte> message, out string problem)
    {
        problem = "";
        if (!Utf8.IsValid(message.Span))
        {
            problem = "not UTF-8";
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(message);
            return Read(document.RootElement, ref problem);
        }
        catch (JsonException malformed)
        {
            problem = $"no JSON: {malformed.Message}";
        }
        catch (InvalidOperationException)
        {
            // What JsonElement.GetString throws for halves of surrogate pairs.
            problem = "a string is not Unicode";
        }

        return null;
    }

    private static ControlRequest? Read(JsonElement message, ref string problem)
    {
        foreach (JsonProperty member in message.EnumerateObject())
        {
            bool isKnown = member.Name is "method" or "params" or "id";
            bool isEmpty = member.Name is "result" or "error" && member.Value.ValueKind == JsonValueKind.Null;
            if (!isKnown && !isEmpty)
            {
                problem = member.Name is "result" or "error"
                    ? "an answer instead of a request"
                    : $"unexpected member \"{Quote(member.Name)}\"";
                return null;
            }
        }

        if (!message.TryGetProperty("method", out JsonElement method) || method.ValueKind != JsonValueKind.String)
            problem = "no method";
        else if (!message.TryGetProperty("params", out JsonElement parameters) || parameters.ValueKind != JsonValueKind.Array)
            problem = "no params";
        else if (!message.TryGetProperty("id", out JsonElement id) || id.ValueKind == JsonValueKind.Null)
            problem = "a notification instead of a request";
        else
            return Read(method.GetString()!, parameters, id, ref problem);
        return null;
    }

    private static ControlRequest? Read(string method, JsonElement parameters, JsonElement id, ref string problem)
    {
        var arguments = new List<string>(parameters.GetArrayLength());
        bool allStrings = true;
        bool hasNul = method.Contains('\0', StringComparison.Ordinal);
        foreach (JsonElement parameter in parameters.EnumerateArray())
        {
            allStrings &= parameter.ValueKind == JsonValueKind.String;
            if (!allStrings)
                break;
            arguments.Add(parameter.GetString()!);
            hasNul |= arguments[^1].Contains('\0', StringComparison.Ordinal);
        }

        // Open vSwitch's parser takes no NUL, and its client would choke on the one in our answer.
        if (hasNul)
        {
            problem = "a NUL in a string";
            return null;
        }

        return new ControlRequest(method, allStrings ? arguments : null, JsonMarshal.GetRawUtf8Value(id).ToArray());
    }

    /// <summary>A client's text for the log: short, and no control characters.</summary>
    private static string Quote(string text)
    {
        const int Longest = 40;
        var quoted = new StringBuilder();
        foreach (char character in text.AsSpan(0, Math.Min(text.Length, Longest)))
            quoted.Append(char.IsControl(character) || char.IsSurrogate(character) ? '?' : character);
        return quoted.ToString();
    }
}
