import { useEffect, useState } from 'react'
import { notificationStanding, showNotification, type NotificationStanding } from '../../turns/notifications.ts'
import { Button } from '../../ui/button.tsx'
import { Done } from '../../ui/form.tsx'
import { Panel } from '../../ui/panel.tsx'
import { newsWords as words } from '../../words/notifications.ts'
import { Setting, type ControlProps, type SettingsProps } from './setting.tsx'

/** Whether the browser tells of questions that are done. Only a press here asks the browser for it. */
export function NotificationsPanel(props: SettingsProps) {
  const [standing, look] = useStanding()
  const ask = async (): Promise<NotificationStanding> => {
    if (notificationStanding() === 'default') await Notification.requestPermission()
    return look()
  }
  return (
    <Panel title={words.title}>
      <Setting {...props} name="notifications" label={words.label} about={words.about}>
        {(value, save, control, complain) => (
          <>
            <Switch
              control={control}
              isOn={value === true}
              mayTurnOn={standing === 'granted' || standing === 'default'}
              onChange={async (isOn) => {
                const answer = isOn ? await ask() : 'granted'
                if (answer === 'granted') save(isOn ? true : null)
                else complain(answer === 'default' ? words.dismissed : null)
              }}
            />
            <HowItStands isOn={value === true} standing={standing} onAllow={() => void ask()} />
          </>
        )}
      </Setting>
    </Panel>
  )
}

interface SwitchProps {
  readonly control: ControlProps
  readonly isOn: boolean
  /** Where the browser will not do it, the wish of another browser can still be taken back. */
  readonly mayTurnOn: boolean
  readonly onChange: (isOn: boolean) => Promise<void>
}

const Switch = ({ control, isOn, mayTurnOn, onChange }: SwitchProps) => (
  <label className="flex min-h-9 items-center gap-2.5 self-start text-sm pointer-coarse:min-h-11">
    <input
      {...control}
      type="checkbox"
      role="switch"
      aria-checked={isOn}
      checked={isOn}
      disabled={!isOn && !mayTurnOn}
      onChange={({ target: { checked } }) => void onChange(checked)}
      className="size-4 accent-accent"
    />
    {words.on}
  </label>
)

interface HowItStandsProps {
  readonly isOn: boolean
  readonly standing: NotificationStanding
  readonly onAllow: () => void
}

/** Whether this browser will do it, with the way to try or to allow it. */
function HowItStands({ isOn, standing, onAllow }: HowItStandsProps) {
  const [tested, setTested] = useState<'sent' | 'failed' | null>(null)
  const test = (): void => {
    const isShown = showNotification(words.testTitle, words.testBody, 'floe-test', () => undefined)
    setTested(isShown ? 'sent' : 'failed')
  }
  if (standing !== 'granted')
    return (
      <div className="flex flex-wrap items-center gap-3">
        {(isOn || standing !== 'default') && <p className="text-sm text-fg-2">{words.standings[standing]}</p>}
        {isOn && standing === 'default' && (
          <Button size="sm" onClick={onAllow}>
            {words.allowHere}
          </Button>
        )}
      </div>
    )
  if (!isOn) return null
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button size="sm" onClick={test}>
        {words.test}
      </Button>
      <Done>{tested === 'sent' && words.tested}</Done>
      {tested === 'failed' && (
        <p role="alert" className="text-sm text-bad">
          {words.notShown}
        </p>
      )}
    </div>
  )
}

/** How notifications stand in this browser, looked at again when the person comes back from its settings. */
function useStanding(): readonly [NotificationStanding, () => NotificationStanding] {
  const [standing, setStanding] = useState(notificationStanding)
  const look = (): NotificationStanding => {
    const now = notificationStanding()
    setStanding(now)
    return now
  }
  useEffect(() => {
    const onReturn = (): void => setStanding(notificationStanding())
    addEventListener('focus', onReturn)
    return () => removeEventListener('focus', onReturn)
  }, [])
  return [standing, look]
}
