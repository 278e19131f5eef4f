using System.Text.Json;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Terminal;

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
            await WriteJsonAsync(writer =>
            {
                WriteValues(writer, values);
                WriteProblems(writer, "notes", source.Notes);
            });
            return ExitCode.Success;
        }

        await WriteNotesAsync(source);
        foreach (EffectiveValue value in values)
            await output.WriteLineAsync($"{value.Key} = {value.Text}  # {value.Origin}");
        return ExitCode.Success;
    }

    /// <summary>Says whether files are a configuration that can be run, and all that is wrong with them.</summary>
    public async Task<int> CheckAsync(IReadOnlyList<string> files)
    {
        var source = ConfigurationSource.Read(files);
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read(source);
        if (options == null)
            return await RefuseAsync(problems);
        ConfigurationProblem[] skipped = [.. options.Bridges.SelectMany(bridge => bridge.SkippedFlows)];
        if (json)
        {
            await WriteJsonAsync(writer =>
            {
                WriteVerdict(writer, [], skipped);
                WriteProblems(writer, "notes", source.Notes);
            });
            return ExitCode.Success;
        }

        await WriteNotesAsync(source);
        foreach (ConfigurationProblem warning in options.CaptureWarnings)
            await output.WriteLineAsync($"capture {warning}");
        foreach (ConfigurationProblem flow in skipped)
            await output.WriteLineAsync($"flow left out: {flow}");
        await output.WriteLineAsync(
            $"{string.Join(", ", files)}: no problems{(skipped.Length > 0 ? $", {skipped.Length} flows left out" : "")}");
        return ExitCode.Success;
    }

    /// <summary>Notes are no part of the answer.</summary>
    private async Task WriteNotesAsync(ConfigurationSource source)
    {
        foreach (ConfigurationProblem note in source.Notes)
            await errors.WriteLineAsync($"note: {note}");
    }

    private async Task<int> RefuseAsync(IReadOnlyList<ConfigurationProblem> problems)
    {
        if (json)
        {
            await WriteJsonAsync(writer => WriteVerdict(writer, problems, []));
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
            writer.WritePropertyName("value");
            if (value.IsSecret)
                writer.WriteStringValue(Secrets.Mask);
            else
                WriteValue(writer, value.Value);
            writer.WriteString("origin", value.Origin);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter writer, ConfigurationValue value)
    {
        if (value.Elements is { } elements)
        {
            writer.WriteStartArray();
            foreach (ConfigurationValue element in elements)
                WriteValue(writer, element);
            writer.WriteEndArray();
        }
        else if (value.Items is { } items)
        {
            writer.WriteStartObject();
            foreach ((string key, ConfigurationValue item) in items)
            {
                writer.WritePropertyName(key);
                WriteValue(writer, item);
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStringValue(value.Text is { } text ? Secrets.Masked(text) : null);
        }
    }

    private static void WriteVerdict(
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
