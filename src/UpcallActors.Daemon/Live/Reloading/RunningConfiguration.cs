using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>
/// What the daemon runs by. Reading it again gives its parts the changed values. A value that no part can change stays, and is named each
/// time. Thread-safe.
/// </summary>
internal sealed class RunningConfiguration : IDisposable
{
    private readonly IReadOnlyList<string> _files;
    private readonly string? _defaults;
    private readonly Func<string, string?>? _environment;
    private readonly SemaphoreSlim _one = new(1);
    private readonly TaskCompletionSource<IReloadable[]> _parts = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyDictionary<string, RunningValue> _values;

    private RunningConfiguration(
        IReadOnlyList<string> files,
        string? defaults,
        Func<string, string?>? environment,
        DaemonOptions options,
        ConfigurationSource source)
    {
        _files = files;
        _defaults = defaults;
        _environment = environment;
        Options = options;
        _values = ValuesOf(source, options);
    }

    /// <summary>The options that the daemon was started with.</summary>
    public DaemonOptions Options { get; }

    /// <summary>The values that hold.</summary>
    public IEnumerable<EffectiveValue> Values => _values.Values.Select(value => value.Effective);

    /// <summary>Reads files, the last one on top.</summary>
    /// <param name="files">The files.</param>
    /// <param name="environment">The value of an environment variable; null for the process's.</param>
    /// <param name="defaults">What lies between the built-in defaults and the files; null for nothing.</param>
    /// <returns>The configuration and no problems, or none and the problems.</returns>
    public static (RunningConfiguration? Configuration, IReadOnlyList<ConfigurationProblem> Problems) Read(IReadOnlyList<string> files,
        Func<string, string?>? environment = null, string? defaults = null)
    {
        var source = ConfigurationSource.Read(files, environment, defaults);
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read(source);
        return (options == null ? null : new RunningConfiguration(files, defaults, environment, options, source), problems);
    }

    /// <summary>From now on it can be read again: these parts get the changes, in their order. To be called once.</summary>
    public void Attach(params IReloadable[] parts) => _parts.SetResult(parts);

    /// <summary>
    /// Reads the files again and applies what has changed, once there are parts to tell. With a problem in them nothing changes.
    /// </summary>
    public async Task<ReloadReport> ReloadAsync(ILogger logger)
    {
        await _one.WaitAsync();
        try
        {
            ReloadReport report = await ReadAgainAsync(await _parts.Task, logger);
            logger.Tell(report);
            return report;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private (DaemonOptions? Options, Dictionary<string, RunningValue> Values, IReadOnlyList<ConfigurationProblem> Problems) ReadFiles()
    {
        var source = ConfigurationSource.Read(_files, _environment, _defaults);
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read(source);
        return (options, options == null ? [] : ValuesOf(source, options), problems);
    }

    private async Task<ReloadReport> ReadAgainAsync(IReloadable[] parts, ILogger logger)
    {
        (DaemonOptions? options, IReadOnlyDictionary<string, RunningValue> wanted, IReadOnlyList<ConfigurationProblem> problems) =
            await BackgroundWork.Run(ReadFiles);
        if (options == null)
            return new ReloadReport(problems, [], [], []);
        if (options.IsReplay && !Options.IsReplay)
        {
            string file = _files is [.., var last] ? last : ConfigurationSource.Reference;
            return new ReloadReport(
                [new ConfigurationProblem(file, 0, "ports of type capture need a restart of a daemon that has others")], [], [], []);
        }

        string[] changed = [.. wanted.Keys.Union(_values.Keys).Where(
            key => wanted.GetValueOrDefault(key)?.Compared != _values.GetValueOrDefault(key)?.Compared).Order(StringComparer.Ordinal)];
        var failed = new List<string>();
        List<string> retried = await RetryAsync(parts, failed, logger);
        var unchanged = new List<string>();
        foreach (IReloadable part in parts)
        {
            string[] own = [.. changed.Where(key => Covers(part, key))];
            if (own.Length == 0)
                continue;
            try
            {
                await part.ApplyAsync(options);
            }
#pragma warning disable CA1031 // One part that fails must neither end the daemon nor keep the others from going on.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.ReloadFailed(failure, string.Join(", ", own));
                failed.Add($"{string.Join(", ", own)}: {failure.Message}");
                unchanged.AddRange(own);
            }
        }

        string[] waiting = [.. changed.Where(key => !parts.Any(part => Covers(part, key)))];
        unchanged.AddRange(waiting);
        string[] waits =
            [.. waiting.Select(key => $"{Describe(key, wanted)} (it is {_values.GetValueOrDefault(key)?.Effective.Text ?? "not set"})")];
        _values = WithValuesBefore(wanted, unchanged);
        return new ReloadReport([], [.. changed.Except(unchanged).Select(key => Describe(key, wanted))], waits, failed)
        {
            Retried = retried,
            SkippedFlows = [.. options.Bridges.SelectMany(bridge => bridge.SkippedFlows)],
        };
    }

    /// <summary>What became of what waits, in lines for people. What is in the file is applied whatever comes of it.</summary>
    private static async Task<List<string>> RetryAsync(IReloadable[] parts, List<string> failed, ILogger logger)
    {
        var retried = new List<string>();
        foreach (IReloadable part in parts)
        {
            try
            {
                retried.AddRange(await part.RetryAsync());
            }
#pragma warning disable CA1031 // One part that fails must not keep the others from being tried again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                string what = $"what waits of {string.Join(", ", part.Keys)}";
                logger.ReloadFailed(failure, what);
                failed.Add($"{what}: {failure.Message}");
            }
        }

        return retried;
    }

    private Dictionary<string, RunningValue> WithValuesBefore(IReadOnlyDictionary<string, RunningValue> wanted, IEnumerable<string> keys)
    {
        var values = new Dictionary<string, RunningValue>(wanted, StringComparer.Ordinal);
        foreach (string key in keys)
        {
            if (_values.TryGetValue(key, out RunningValue? before))
                values[key] = before;
            else
                values.Remove(key);
        }

        return values;
    }

    private static string Describe(string key, IReadOnlyDictionary<string, RunningValue> values) =>
        values.TryGetValue(key, out RunningValue? value) ? $"{key} = {value.Effective.Text}" : $"{key} (not set)";

    private static bool Covers(IReloadable part, string key) =>
        part.Keys.Any(own => key.StartsWith($"upcall-actors.{own}", StringComparison.Ordinal)
            && (key.Length == own.Length + "upcall-actors.".Length || key[own.Length + "upcall-actors.".Length] == '.'));

    /// <summary>What is only there for substitutions changes nothing by itself. A file of flows is compared by what is in it.</summary>
    private static Dictionary<string, RunningValue> ValuesOf(ConfigurationSource source, DaemonOptions options)
    {
        var values = EffectiveValue.List(source).Where(value => !value.Key.StartsWith("define.", StringComparison.Ordinal))
            .ToDictionary(value => value.Key, value => new RunningValue(value, value.Raw), StringComparer.Ordinal);
        foreach (BridgeOptions bridge in options.Bridges.Where(bridge => bridge.FlowDigest.Length > 0))
        {
            string key = EffectiveValue.KeyOf("upcall-actors", "bridges", bridge.Name, "flows");
            values[key] = values[key] with { Compared = bridge.FlowDigest };
        }

        return values;
    }

    /// <summary>A value that holds.</summary>
    /// <param name="Effective">The value.</param>
    /// <param name="Compared">What tells whether another is the same.</param>
    private sealed record RunningValue(EffectiveValue Effective, string Compared);
}
