using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Embedded;

namespace UpcallActors.Daemon.Replay;

/// <summary>The files that capture ports put their frames out to. Single owner, who disposes them once the datapath is at rest.</summary>
internal sealed class CaptureOutputFiles : IDisposable
{
    private readonly Dictionary<string, (FileStream Stream, CaptureOutput Output)> _files = new(StringComparer.Ordinal);

    /// <summary>The output of a port; null if it has none.</summary>
    public CaptureOutput? this[CapturePortOptions port] =>
        _files.TryGetValue(port.Name, out (FileStream Stream, CaptureOutput Output) file) ? file.Output : null;

    /// <summary>Makes the folders and files of all ports, so that one that cannot be made shows before anything is started.</summary>
    public IReadOnlyList<ConfigurationProblem> Open(DaemonOptions options)
    {
        var problems = new List<ConfigurationProblem>();
        foreach (CapturePortOptions port in options.Bridges.SelectMany(bridge => bridge.Captures))
        {
            if (port.Output == null)
                continue;
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(port.Output)!);
                var stream = new FileStream(port.Output, FileMode.Create, FileAccess.Write, FileShare.Read);
                _files.Add(port.Name, (stream, new CaptureOutput(stream)));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                problems.Add(new ConfigurationProblem(port.Output, 0, $"cannot be written: {failure.Message}"));
            }
        }

        return problems;
    }

    /// <summary>Flushes all files and logs those that failed; returns whether any did.</summary>
    public bool LogFailures(ILogger logger)
    {
        bool failed = false;
        foreach ((FileStream stream, CaptureOutput output) in _files.Values)
        {
            IOException? failure = output.Failure;
            try
            {
                stream.Flush();
            }
            catch (IOException late)
            {
                failure ??= late;
            }

            if (failure == null)
                continue;
            failed = true;
            logger.OutputFailed(failure, stream.Name, output.NotWritten);
        }

        return failed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((FileStream stream, _) in _files.Values)
        {
            try
            {
                stream.Dispose();
            }
            catch (IOException)
            {
                // What was still to be flushed: LogFailures has logged it, and the file is closed anyway.
            }
        }
    }
}
