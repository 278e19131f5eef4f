using System.Runtime.CompilerServices;
using Akka.Actor;

namespace UpcallActors.Pipeline;

/// <summary>
/// The event loops of one pipeline, under its own ids: <c>upcall-actors.lane-0.DATAPATH.N</c>, N being the least number that no other
/// pipeline of the actor system has. When the pipeline has ended its number, and with it the loops, are for the next.
/// </summary>
internal sealed class PipelineLoops
{
    private static readonly ConditionalWeakTable<ActorSystem, HashSet<string>> _taken = [];

    private readonly ActorSystem _system;
    private readonly string _suffix;
    private readonly List<LoopDispatcher> _loops = [];

    public PipelineLoops(ActorSystem system, string datapath)
    {
        _system = system;
        // The id is a path in a configuration, where a name may have characters that mean something.
        string name = string.Concat(datapath.Select(character =>
            char.IsAsciiLetterOrDigit(character) || character == '-' ? character : '_'));
        HashSet<string> taken = _taken.GetOrCreateValue(system);
        lock (taken)
        {
            int number = 0;
            do
                _suffix = $"{name}.{number++}";
            while (!taken.Add(_suffix));
        }
    }

    /// <summary>Makes one.</summary>
    public LoopDispatcher Add(string name)
    {
        LoopDispatcher loop = LoopDispatcher.Register(_system, $"upcall-actors.{name}.{_suffix}");
        _loops.Add(loop);
        return loop;
    }

    /// <summary>Leaves them to another pipeline. The actors have ended.</summary>
    public void Release()
    {
        foreach (LoopDispatcher loop in _loops)
            loop.Release();
        if (!_taken.TryGetValue(_system, out HashSet<string>? taken))
            return;
        lock (taken)
            taken.Remove(_suffix);
    }
}
