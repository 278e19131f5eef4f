using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using UpcallActors.Linux;

namespace UpcallActors.Pipeline;

/// <summary>
/// A dispatcher that is an event loop: one thread runs the mailboxes of a few actors and, when none has anything to do,
/// sleeps in <c>poll</c> on an eventfd and one descriptor more. Each lane has one, so that upcalls that arrive wake one thread once and
/// all four stages run on it; so has each revalidator. The loop starts with the first mailbox to run, and again after Akka has shut it down
/// because its last actor had left.
/// </summary>
#pragma warning disable CA1001 // Akka never disposes a dispatcher, it may start it again: the eventfd lives as long as the object.
internal sealed class LoopDispatcher : MessageDispatcher
#pragma warning restore CA1001
{
    /// <summary>
    /// Messages an actor handles before the next actor's turn comes. With more, a receiver would take all credits before the
    /// first batch was routed; with one, each batch runs through the lane while it is in the cache.
    /// </summary>
    private const int MessagesPerTurn = 1;

    /// <summary>How long the loop pauses when it cannot wait.</summary>
    private const int FailedWaitMilliseconds = 10;

    [ThreadStatic]
    private static LoopDispatcher? t_running;

    private readonly EventFd _wake = new();
    private readonly ManualResetEventSlim _pause = new();
    private readonly Queue<IRunnable> _local = new();
    private readonly ConcurrentQueue<IRunnable> _remote = new();
    private readonly Lock _starting = new();
    private readonly string _id;
    private readonly LoopTime _time;
    private Interest? _armed;
    private bool _running;
    private bool _stopping;
    private int _asleep;
    private int _niceness;
    private int _taken;
    private LoopPatience? _patience;

    private LoopDispatcher(MessageDispatcherConfigurator configurator, string id)
        : base(configurator)
    {
        _id = id;
        Id = id;
        Throughput = MessagesPerTurn;
        ShutdownTimeout = configurator.Config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1));
        _time = new LoopTime(WakeForTimer);
    }

    /// <summary>The system's time, for the loop's actors: their timers ring on its thread, and wake no other.</summary>
    public TimeProvider Time => _time;

    /// <summary>Whether the calling thread is this dispatcher's loop.</summary>
    public bool IsCurrentThread => ReferenceEquals(t_running, this);

    /// <summary>Whether the loop's thread runs now.</summary>
    public bool IsRunning => Volatile.Read(ref _running);

    /// <summary>
    /// The nice value of the loop's thread, 0 to 19, applied before the next mailbox runs. It can only be raised: lowering it needs a
    /// privilege.
    /// </summary>
    public int Niceness
    {
        get => Volatile.Read(ref _niceness);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, Niceness);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 19);
            Volatile.Write(ref _niceness, value);
        }
    }

    /// <summary>
    /// How long the loop looks for work before it sleeps, if work came so soon the last time; null for not at all. Set before its first
    /// mailbox runs.
    /// </summary>
    public TimeSpan? Patience
    {
        set => Volatile.Write(ref _patience, value is { } most ? new LoopPatience(most) : null);
    }

    /// <summary>
    /// Registers a dispatcher under an id that <c>Props.WithDispatcher</c> takes, and returns it. An actor system never forgets a
    /// dispatcher, so release one that is no longer needed (<see cref="Release"/>): the next caller with its id gets it.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The id is taken: two users of one loop would take each other's descriptor away (<see cref="Arm"/>).
    /// </exception>
    public static LoopDispatcher Register(ActorSystem system, string id)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (!system.Dispatchers.HasDispatcher(id))
        {
            Config config = ConfigurationFactory.ParseString($"id = \"{id}\"")
                .WithFallback(system.Settings.Config.GetConfig(Dispatchers.DefaultDispatcherId));
            system.Dispatchers.RegisterConfigurator(id, new LoopConfigurator(config, system.Dispatchers.Prerequisites, id));
        }

        // Another thread may have registered the configurator first: one of them takes the dispatcher.
        if (system.Dispatchers.Lookup(id) is LoopDispatcher dispatcher && Interlocked.Exchange(ref dispatcher._taken, 1) == 0)
            return dispatcher;
        throw new InvalidOperationException($"the dispatcher {id} is in use in the actor system {system.Name}");
    }

    /// <summary>Gives the id free for another <see cref="Register"/>; none of its actors may be left.</summary>
    public void Release()
    {
        Interlocked.Exchange(ref _armed, null);
        Volatile.Write(ref _niceness, 0);
        Patience = null;
        Volatile.Write(ref _taken, 0);
    }

    /// <summary>
    /// Tells the interest's target once, as soon as its descriptor polls readable; arm it again for the next time. Any thread.
    /// There is one interest at a time: a new one takes the place of the old.
    /// </summary>
    public void Arm(Interest interest)
    {
        Interlocked.Exchange(ref _armed, interest);
        Wake();
        EnsureRunning();
    }

    /// <summary>Forgets an interest, before its descriptor is closed.</summary>
    public void Disarm(Interest interest)
    {
        if (ReferenceEquals(Interlocked.CompareExchange(ref _armed, null, interest), interest))
            Wake();
    }

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run)
    {
        if (IsCurrentThread)
        {
            _local.Enqueue(run);
            return;
        }

        _remote.Enqueue(run);
        Wake();
        EnsureRunning();
    }

    /// <inheritdoc/>
    protected override void Shutdown()
    {
        Volatile.Write(ref _stopping, true);
        Wake();
    }

    private void Wake()
    {
        // The loop says that it falls asleep before it looks for work a last time, and we look whether it sleeps after
        // we left work: one of us sees the other. Exchange is the full fence between the two.
        if (!IsCurrentThread && Interlocked.Exchange(ref _asleep, 0) == 1)
            _wake.Signal();
    }

    private void WakeForTimer()
    {
        Wake();
        EnsureRunning();
    }

    private void EnsureRunning()
    {
        Interlocked.MemoryBarrier();
        if (IsCurrentThread || Volatile.Read(ref _running))
            return;
        lock (_starting)
        {
            if (_running)
                return;
            _stopping = false;
            Volatile.Write(ref _running, true);
            new Thread(Run) { IsBackground = true, Name = _id }.Start();
        }
    }

    private void Run()
    {
        t_running = this;
        int niceness = 0;
        do
        {
            RunMailboxes(ref niceness);
        }
        while (!TryStop() && TrySleep());
        t_running = null;
    }

    private void RunMailboxes(ref int niceness)
    {
        while (true)
        {
            while (_remote.TryDequeue(out IRunnable? remote))
                _local.Enqueue(remote);
            IRunnable? run = _time;
            if (!_time.IsDue && !_local.TryDequeue(out run))
                return;
            // Refused if the process was started with a higher value and has no privilege: its priority is already lower.
            if (niceness < Niceness)
                _ = Linux.Niceness.TrySetOfThread(niceness = Niceness);
#pragma warning disable CA1031 // Actors' own failures never come here; whatever does must not end the lane's only thread.
            try
            {
                run.Run();
            }
            catch (Exception failure)
            {
                ReportFailure(failure);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>Ends the loop if it was told to and nothing is left; the thread then runs nothing more.</summary>
    private bool TryStop()
    {
        if (!Volatile.Read(ref _stopping))
            return false;
        lock (_starting)
        {
            Volatile.Write(ref _running, false);

            // A caller that left work before it saw the flag fall relies on this thread; a caller that saw it fall starts another.
            Interlocked.MemoryBarrier();
            if (_remote.IsEmpty && Volatile.Read(ref _armed) is null)
                return true;
            _stopping = false;
            Volatile.Write(ref _running, true);
            return false;
        }
    }

    /// <summary>
    /// A failed wait (no memory, a closed descriptor) must not end the lane's only thread, and must not make it spin.
    /// </summary>
    private bool TrySleep()
    {
#pragma warning disable CA1031 // The last resort, see UnattendedWork.
        try
        {
            if (Volatile.Read(ref _patience) is not { } patience)
                return Sleep();
            bool goesOn = (patience.Begin(Stopwatch.GetTimestamp()) && Look(patience)) || Sleep();
            patience.End(Stopwatch.GetTimestamp());
            return goesOn;
        }
        catch (Exception failure)
        {
            Volatile.Write(ref _asleep, 0);
            UnattendedWork.Tell($"waiting for work ({_id})", failure);
            _pause.Wait(FailedWaitMilliseconds);
            return true;
        }
#pragma warning restore CA1031
    }

    /// <summary>Looks for work, and lets other threads run between two looks; whether there is some.</summary>
    private bool Look(LoopPatience patience)
    {
        do
        {
            if (!_remote.IsEmpty || _time.IsDue || Volatile.Read(ref _stopping))
                return true;
            if (Volatile.Read(ref _armed) is { } armed && Readiness.Wait(armed.Descriptor, -1, timeoutMilliseconds: 0).First)
            {
                TellArmed(armed);
                return true;
            }

            Thread.Yield();
        }
        while (patience.Lasts(Stopwatch.GetTimestamp()));
        return false;
    }

    private void TellArmed(Interest armed)
    {
        if (ReferenceEquals(Interlocked.CompareExchange(ref _armed, null, armed), armed))
            armed.Target.Tell(armed.Message, ActorRefs.NoSender);
    }

    private bool Sleep()
    {
        Interlocked.Exchange(ref _asleep, 1);
        Interest? armed = Volatile.Read(ref _armed);
        if (!_remote.IsEmpty || Volatile.Read(ref _stopping))
        {
            Volatile.Write(ref _asleep, 0);
            return true;
        }

        (bool readable, bool woken) = Readiness.Wait(armed?.Descriptor ?? -1, _wake.Descriptor, _time.MillisecondsLeft);
        Volatile.Write(ref _asleep, 0);
        if (woken)
            _wake.Reset();
        if (readable)
            TellArmed(armed!);
        return true;
    }

    /// <summary>Whom to tell what when a descriptor polls readable. Made once, so that arming allocates nothing.</summary>
    public sealed record Interest(int Descriptor, IActorRef Target, object Message);

    private sealed class LoopConfigurator : MessageDispatcherConfigurator
    {
        private readonly LoopDispatcher _dispatcher;

        public LoopConfigurator(Config config, IDispatcherPrerequisites prerequisites, string id)
            : base(config, prerequisites) => _dispatcher = new LoopDispatcher(this, id);

        public override MessageDispatcher Dispatcher() => _dispatcher;
    }
}
