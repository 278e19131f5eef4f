namespace UpcallActors.Daemon.Hosting;

/// <summary>A step that makes something for later steps. Its stop disposes that, if nothing else is said.</summary>
/// <typeparam name="T">What it makes.</typeparam>
/// <param name="name">The name, by which the order can be read.</param>
/// <param name="make">Makes it.</param>
/// <param name="stop">Stops it; null disposes it.</param>
internal sealed class RunPart<T>(string name, Func<Task<T>> make, Func<T, Task>? stop = null) : RunStep(name)
{
    private T? _value;
    private bool _isMade;

    /// <summary>A step that makes something at once.</summary>
    /// <param name="name">The name, by which the order can be read.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="stop">Stops it; null disposes it.</param>
    public RunPart(string name, Func<T> make, Func<T, Task>? stop = null)
        : this(name, () => Task.FromResult(make()), stop)
    {
    }

    /// <summary>What was made. Throws <see cref="InvalidOperationException"/> before the step has started.</summary>
    public T Value => _isMade ? _value! : throw new InvalidOperationException($"the step \"{Name}\" has not started");

    /// <inheritdoc/>
    public override async Task StartAsync()
    {
        _value = await make();
        _isMade = true;
    }

    /// <inheritdoc/>
    public override Task StopAsync() => stop?.Invoke(Value) ?? DisposeAsync(Value);

    private static async Task DisposeAsync(T value)
    {
        if (value is IAsyncDisposable waiting)
            await waiting.DisposeAsync();
        else
            (value as IDisposable)?.Dispose();
    }
}
