using Akka.Actor;

namespace UpcallActors.Pipeline;

/// <summary>
/// Makes an actor, and makes it again when it is restarted, by calling a function. <c>Props.Create</c> looks for a constructor at run time
/// instead, which native code may not have: a constructor without a caller is not compiled.
/// </summary>
internal static class ActorFactory
{
    /// <summary>The props of an actor that a function makes; a new one each time it is called.</summary>
    public static Props Props<TActor>(Func<TActor> make)
        where TActor : ActorBase => Akka.Actor.Props.CreateBy(new Producer<TActor>(make));

    private sealed class Producer<TActor>(Func<TActor> make) : IIndirectActorProducer
        where TActor : ActorBase
    {
        public Type ActorType => typeof(TActor);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
            // The garbage collector's.
        }
    }
}
