namespace UpcallActors.Linux;

/// <summary>
/// A thread that takes one turn after the other until it is disposed. A failed turn is reported (<see cref="UnattendedWork"/>) and is not
/// the last. The next follows at once; after more failures in a row it waits longer, up to a second, so that a permanent failure does not
/// use the processor.
/// </summary>
internal sealed class UnattendedThread : IDisposable
{
    private const int LongestPauseMilliseconds = 1024;

    private readonly string _work;
    private readonly Action _turn;
    private readonly Action _wake;
    private readonly Thread _thread;
    private readonly object _pause = new();
    private volatile bool _stopping;

    /// <summary>Makes the thread; <see cref="Start"/> begins.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="work">What it does, in words for people.</param>
    /// <param name="turn">Does a turn; it may block.</param>
    /// <param name="wake">Ends a turn that blocks, and is called once, when no other may follow.</param>
    public UnattendedThread(string name, string work, Action turn, Action wake)
    {
        _work = work;
        _turn = turn;
        _wake = wake;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <summary>Whether no other turn follows.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <summary>Ends it after the current turn, and waits for that unless called from it.</summary>
    public void Dispose()
    {
        lock (_pause)
        {
            if (_stopping)
                return;
            _stopping = true;
            Monitor.PulseAll(_pause);
        }

        _wake();
        if (_thread.IsAlive && Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
            _thread.Join();
    }

    private void Pause(int milliseconds)
    {
        lock (_pause)
        {
            if (!_stopping)
                Monitor.Wait(_pause, milliseconds);
        }
    }

    private void Run()
    {
        int pause = 0;
        while (!_stopping)
        {
#pragma warning disable CA1031 // The last resort, see UnattendedWork.
            try
            {
                _turn();
                pause = 0;
            }
            catch (Exception failure)
            {
                UnattendedWork.Tell(_work, failure);
                if (pause > 0)
                    Pause(pause);
                pause = Math.Clamp(2 * pause, 1, LongestPauseMilliseconds);
            }
#pragma warning restore CA1031
        }
    }
}
