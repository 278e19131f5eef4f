using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace UpcallActors.Daemon.Hosting;

/// <summary>The generic host around the actor system: signals, logging, orderly stop.</summary>
internal static class DaemonHost
{
    /// <summary>The actor system's name.</summary>
    public const string ActorSystemName = "upcall-actors";

    /// <summary>
    /// The host drains before it ends the actor system. Akka's own hooks would end it at the first signal, in the middle
    /// of the drain.
    /// </summary>
    private const string AkkaSettings = """
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        akka.log-dead-letters-during-shutdown = off
        """;

    /// <summary>Makes the host. Nothing of the machine's settings is read; log lines go to standard error.</summary>
    public static IHost Build(LogLevels levels)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = ActorSystemName });
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        // Everything goes through the one filter, whose levels can be changed while the daemon runs.
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddFilter(levels.IsEnabled);
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddAkka(ActorSystemName, akka => akka
            .AddHocon(AkkaSettings, HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = Akka.Event.LogLevel.WarningLevel;
            }));
        return builder.Build();
    }
}
