namespace UpcallActors.Daemon.Configuration.Telemetry;

/// <summary>
/// The environment variables of OpenTelemetry's specification. They are set for whole clusters, by people who do not think of a switch: so
/// none of them keeps it from starting, and none is passed over without a word. A value that is not understood is as if it were not set, as
/// the specification has it, and there is a note about it. Not thread-safe.
/// </summary>
/// <param name="environment">The value of a variable; null when there is none.</param>
/// <param name="notes">Where notes go.</param>
internal sealed class OpenTelemetryVariables(Func<string, string?> environment, List<ConfigurationProblem> notes)
{
    private const string Prefix = "OTEL_";

    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _library = new(StringComparer.Ordinal);

    /// <summary>
    /// What OpenTelemetry's library reads by itself, checked: it is given these and no environment, since it throws at some values and says
    /// nothing about others.
    /// </summary>
    public IReadOnlyDictionary<string, string> Library => _library;

    /// <summary>
    /// A variable as the configuration takes it; null when there is none, or it is none of any use. What follows from
    /// <c>OTEL_TRACES_SAMPLER</c> for the most spans in a second is called <c>OTEL_TRACES_SAMPLER.budget</c>.
    /// </summary>
    public string? Value(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal)
            || !OpenTelemetryRules.ByName.TryGetValue(name.Split('.')[0], out OpenTelemetryRule? rule))
            return environment(name);
        if (!_values.TryGetValue(name, out string? value))
            _values.Add(name, value = Read(name, rule));
        return value;
    }

    /// <summary>Takes the variables for the library, and notes those without a meaning. To be called once.</summary>
    /// <param name="names">The names of all variables that there are.</param>
    public void TakeRest(IEnumerable<string> names)
    {
        foreach ((string name, OpenTelemetryRule rule) in OpenTelemetryRules.ByName)
        {
            if (Value(name) is { } value && rule.IsForLibrary)
                _library.Add(name, value);
        }

        OpenTelemetryRules.FitQueues(_library, Note);
        foreach (string name in names.Where(name =>
            name.StartsWith(Prefix, StringComparison.Ordinal) && !OpenTelemetryRules.ByName.ContainsKey(name))
            .Order(StringComparer.Ordinal))
            Note(name, "it has no meaning here");
    }

    private string? Read(string name, OpenTelemetryRule rule)
    {
        string variable = name.Split('.')[0];
        // An empty one is as good as none: OpenTelemetry's rule.
        if (environment(variable) is not { } text || string.IsNullOrWhiteSpace(text))
            return null;
        return rule.Read(new OpenTelemetryText(name, text.Trim(), environment, problem => Note(variable, problem)));
    }

    private void Note(string variable, string problem) =>
        notes.Add(new ConfigurationProblem($"environment variable {variable}", 0, Secrets.Masked(problem)));
}

/// <summary>A variable's text, while it is read.</summary>
/// <param name="Name">Its name, or a name of what follows from it.</param>
/// <param name="Text">Its text, without white space around it; not empty.</param>
/// <param name="Environment">Other variables.</param>
/// <param name="Note">Takes what is to be said about it.</param>
internal sealed record OpenTelemetryText(string Name, string Text, Func<string, string?> Environment, Action<string> Note)
{
    /// <summary>Says what is wrong; the variable is as if it were not set.</summary>
    public string? Refuse(string problem)
    {
        Note($"{problem}; it is not used");
        return null;
    }
}

/// <summary>How a variable is read.</summary>
/// <param name="Read">Turns a text into a value of the configuration; null for a bad text, which it has reported.</param>
/// <param name="IsForLibrary">Whether OpenTelemetry's library reads it, and no key of the configuration.</param>
internal sealed record OpenTelemetryRule(Func<OpenTelemetryText, string?> Read, bool IsForLibrary = false);
