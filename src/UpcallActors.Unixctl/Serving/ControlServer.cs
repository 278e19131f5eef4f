using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>
/// The control socket: takes clients in and keeps them within <see cref="ControlLimits"/>. Each client is served alone, so no client waits
/// for another. A client over a limit loses its connection. Thread-safe.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>How long to leave a system alone that has no descriptor for another client.</summary>
    private static readonly TimeSpan _acceptPause = TimeSpan.FromMilliseconds(100);

    private readonly ControlSocket _listener;
    private readonly ControlCommandTable _commands;
    private readonly ControlLimits _limits;
    private readonly ConnectionPlaces _places;
    private readonly ILogger _logger;
    private readonly LogAllowance _allowance;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly Dictionary<ControlConnection, Task> _connections = [];
    private readonly Task _accepting;

    private ControlServer(
        ControlSocket listener,
        ControlCommandTable commands,
        ControlLimits limits,
        ILogger logger,
        Func<bool>? isRateLimited,
        TimeProvider? time)
    {
        _allowance = new LogAllowance(TimeProvider.System, isRateLimited);
        _listener = listener;
        _commands = commands;
        _limits = limits;
        _places = new ConnectionPlaces(limits.Connections, time);
        _logger = logger;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Clients connected now.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>
    /// Starts to serve. The socket is the server's from now on. What clients can put into the log is limited while
    /// <paramref name="isRateLimited"/> says so; always if that is null. The age of clients is told by <paramref name="time"/>.
    /// </summary>
    public static ControlServer Start(
        ControlSocket listener,
        ControlCommandTable commands,
        ControlLimits limits,
        ILogger logger,
        Func<bool>? isRateLimited = null,
        TimeProvider? time = null)
    {
        logger.Listening(listener.Path);
        return new ControlServer(listener, commands, limits, logger, isRateLimited, time);
    }

    /// <summary>Takes no more clients, ends the running commands, and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _accepting;
        _ending.SetResult();
        Task[] serving;
        lock (_lock)
        {
            // Those who asked for the end hear of it; each has the time that any answer has.
            foreach (ControlConnection connection in _connections.Keys.Where(connection => !connection.AwaitsEnd))
                connection.Disconnect("the daemon ends");
            serving = [.. _connections.Values];
        }

        await Task.WhenAll(serving);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Add(await TakeInAsync(await _listener.AcceptAsync(_stopping.Token)));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException failure)
            {
                if (_allowance.Take())
                    _logger.AcceptFailed(failure);
                await Task.Delay(_acceptPause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning disable CA1031 // The last resort, see UnattendedWork: without this loop nobody is served any more.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                UnattendedWork.Tell("accepting clients of the control socket", failure);
                await Task.Delay(_acceptPause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// The connection of a client, with its place. The next client is accepted when this one has it: until then they wait in the
    /// listener's queue.
    /// </summary>
    private async Task<ControlConnection> TakeInAsync(Socket client)
    {
        var connection = new ControlConnection(client, _commands, _limits, new ControlSession(_ending.Task));
        try
        {
            await connection.EnterAsync(_places, _stopping.Token);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Add(ControlConnection connection)
    {
        lock (_lock)
        {
            // The task cannot end before it is in the table: its last step takes the lock.
            _connections.Add(connection, Task.Run(() => ServeAsync(connection)));
        }
    }

    private async Task ServeAsync(ControlConnection connection)
    {
        try
        {
            string? reason = await connection.RunAsync(KeepWithinMemory);
            if (reason != null && !_stopping.IsCancellationRequested && _allowance.Take())
                _logger.Disconnected(reason);
        }
#pragma warning disable CA1031 // A defect costs one client its connection, not the daemon its control socket.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (_allowance.Take())
                _logger.ConnectionFailed(failure);
        }

        lock (_lock)
            _connections.Remove(connection);
        connection.Dispose();
    }

    private void KeepWithinMemory(ControlConnection latest)
    {
        lock (_lock)
        {
            if (_connections.Keys.Sum(connection => connection.UnsentBytes) > _limits.UnsentBytes)
                Slowest(_connections.Keys.Where(connection => connection != latest && connection.UnsentBytes > 0))
                    ?.Disconnect("other clients need the memory of its unread answer");
        }
    }

    private static ControlConnection? Slowest(IEnumerable<ControlConnection> connections) =>
        connections.MinBy(connection => connection.LastProgress);
}
