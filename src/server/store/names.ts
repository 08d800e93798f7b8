import { randomInt } from 'node:crypto';

const ADJECTIVES =
  `able amused bold brave bright calm capable charming clean clever curious dazzling eager elegant fast
fun gentle glad grand handsome honest jolly keen kind lively loud lucky mellow merry nimble nosy patient placid polite
proud quick quiet rare respected salty sassy serious sincere skillful smart stylish sunny thoughtful upbeat valuable
victorious wise zealous`.split(/\s+/);
const NOUNS =
  `ant ape asp auk bass bat bear bee bird boar bug calf carp cat chimp cod colt conch cow crab crane croc
crow cub deer doe dog dolphin donkey dove duck eel elk fawn finch fish flea fly fowl fox frog gnat goat goose grouse
grub gull hare hawk hen hog horse hound jay kit kite koi lamb lark loon lynx mare midge mink mole moose moth mouse mule
newt owl ox panda perch pig pug quail ram rat ray robin seal shad shark sheep shoat shrew shrike sloth slug smelt snail
snake snipe sow sponge squid squirrel stag steed stork swan tern toad trout turtle vole wasp whale wolf worm wren yak
zebra`.split(/\s+/);

/** A readable generated name: `brave-owl-417`. */
export function randomName(): string {
  const pick = (words: string[]) => words[randomInt(words.length)] as string;
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${randomInt(1000)}`;
}
