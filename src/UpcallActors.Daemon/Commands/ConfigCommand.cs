using System.Text.Json;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Commands;

/// <summary>The command <c>config</c>: shows the built-in defaults or what holds, and checks files. Nothing is started.</summary>
/// <param name="json">Whether answers are JSON.</param>
/// <param name="output">Where answers go.</param>
/// <param name="errors">Where problems go.</param>
internal sealed class ConfigCommand(bool json, TextWriter output, TextWriter errors)
{
    private static readonly JsonWriterOptions _indented = new() { Indented = true };

    /// <summary>Prints the built-in defaults with their comments.</summary>
    public async Task<int> ShowReferenceAsync()
    {
        await output.WriteAsync(ConfigurationSource.ReadReference());
        return ExitCode.Success;
    }

    /// <summary>Prints every key that is set with its value and who set it.</summary>
    public async Task<int> ShowEffectiveAsync(IReadOnlyList<string> files)
    {
        var source = ConfigurationSource.Read(files);
        // Without files there is nothing to run, but there are values.
        IReadOnlyList<ConfigurationProblem> problems = files.Count == 0 ? source.Problems : DaemonOptionsReader.Read(source).Problems;
        if (problems.Count > 0)
            return await RefuseAsync(problems);
        IReadOnlyList<EffectiveValue> values = EffectiveValue.List(source);
        if (json)
        {
            await WriteJsonAsync(writer => WriteValues(writer, values));
            return ExitCode.Success;
        }

        foreach (EffectiveValue value in values)
            await output.WriteLineAsync($"{value.Key} = {value.Text}  # {value.Origin}");
        return ExitCode.Success;
    }

    /// <summary>Says whether files are a configuration that can be run, and all that is wrong with them.</summary>
    public async Task<int> CheckAsync(IReadOnlyList<string> files)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read(files);
        if (options == null)
            return await RefuseAsync(problems);
        ConfigurationProblem[] skipped = [.. options.Bridges.SelectMany(bridge => bridge.SkippedFlows)];
        if (json)
        {
            await WriteJsonAsync(writer => WriteProblems(writer, [], skipped));
            return ExitCode.Success;
        }

        foreach (ConfigurationProblem flow in skipped)
            await output.WriteLineAsync($"flow left out: {flow}");
        await output.WriteLineAsync(
            $"{string.Join(", ", files)}: no problems{(skipped.Length > 0 ? $", {skipped.Length} flows left out" : "")}");
        return ExitCode.Success;
    }

    private async Task<int> RefuseAsync(IReadOnlyList<ConfigurationProblem> problems)
    {
        if (json)
        {
            await WriteJsonAsync(writer => WriteProblems(writer, problems, []));
            return ExitCode.Usage;
        }

        foreach (ConfigurationProblem problem in problems)
            await errors.WriteLineAsync(problem.ToString());
        return ExitCode.Usage;
    }

    private static void WriteValues(Utf8JsonWriter writer, IReadOnlyList<EffectiveValue> values)
    {
        writer.WriteStartArray("values");
        foreach (EffectiveValue value in values)
        {
            writer.WriteStartObject();
            writer.WriteString("key", value.Key);
            if (value.Value.Elements is { } elements)
            {
                writer.WriteStartArray("value");
                foreach (ConfigurationValue element in elements)
                    writer.WriteStringValue(element.Text);
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteString("value", value.IsSecret ? "(secret)" : value.Value.Text);
            }

            writer.WriteString("origin", value.Origin);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteProblems(
        Utf8JsonWriter writer, IReadOnlyList<ConfigurationProblem> problems, IReadOnlyList<ConfigurationProblem> skippedFlows)
    {
        writer.WriteBoolean("valid", problems.Count == 0);
        WriteProblems(writer, "problems", problems);
        WriteProblems(writer, "skippedFlows", skippedFlows);
    }

    private static void WriteProblems(Utf8JsonWriter writer, string name, IReadOnlyList<ConfigurationProblem> problems)
    {
        writer.WriteStartArray(name);
        foreach (ConfigurationProblem problem in problems)
        {
            writer.WriteStartObject();
            writer.WriteString("file", problem.File);
            writer.WriteNumber("line", problem.Line);
            writer.WriteNumber("column", problem.Column);
            writer.WriteString("message", problem.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private async Task WriteJsonAsync(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(text, _indented))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        await output.WriteLineAsync(System.Text.Encoding.UTF8.GetString(text.ToArray()));
    }
}
